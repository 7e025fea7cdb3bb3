{
  const data = JSON.parse(document.getElementById('data').textContent)
  const table = document.getElementById('columns')
  const rows = [...table.querySelectorAll('tr.column')]
  const search = document.getElementById('search')
  const filter = document.getElementById('filter')
  const sort = document.getElementById('sort')
  const shown = document.getElementById('shown')

  const keys = {
    verdict: { of: row => Number(row.dataset.rank), ascending: true },
    name: { of: row => row.dataset.name, ascending: true },
    evidently: { of: row => Number(row.dataset.evidently), ascending: false },
    score: { of: row => Number(row.dataset.score), ascending: false },
    p: { of: row => Number(row.dataset.p), ascending: true },
    nulls: { of: row => Number(row.dataset.nulls), ascending: false },
  }
  let order = { key: 'verdict', ascending: true }

  function applyFilter() {
    const wanted = search.value.trim().toLowerCase()
    const kinds = filter.value
    let count = 0
    for (const row of rows) {
      const fits =
        row.dataset.name.toLowerCase().includes(wanted) &&
        (kinds === 'all' || row.dataset.kinds.split(' ').includes(kinds))
      row.hidden = !fits
      detailOf(row).hidden = !fits || buttonOf(row).getAttribute('aria-expanded') !== 'true'
      if (fits) count++
    }
    for (const body of table.tBodies) body.hidden = !body.querySelector('tr.column:not([hidden])')
    shown.textContent = `${count} of ${rows.length} columns shown`
  }

  function applySort() {
    const { of } = keys[order.key]
    const sign = order.ascending ? 1 : -1
    const sorted = [...rows].sort((a, b) => {
      const [x, y] = [of(a), of(b)]
      return sign * (x < y ? -1 : x > y ? 1 : 0) || Number(a.dataset.rank) - Number(b.dataset.rank)
    })
    for (const row of sorted) row.parentElement.append(row, detailOf(row))
    for (const head of table.tHead.querySelectorAll('th[data-key]')) {
      if (head.dataset.key === order.key) head.setAttribute('aria-sort', order.ascending ? 'ascending' : 'descending')
      else head.removeAttribute('aria-sort')
    }
    sort.value = order.key
  }

  function detailOf(row) {
    return document.getElementById(buttonOf(row).getAttribute('aria-controls'))
  }

  function buttonOf(row) {
    return row.querySelector('button.open')
  }

  search.addEventListener('input', applyFilter)
  filter.addEventListener('change', applyFilter)
  sort.addEventListener('change', () => {
    order = { key: sort.value, ascending: keys[sort.value].ascending }
    applySort()
  })
  for (const head of table.tHead.querySelectorAll('th[data-key]'))
    head.querySelector('button').addEventListener('click', () => {
      const key = head.dataset.key
      order = { key, ascending: order.key === key ? !order.ascending : keys[key].ascending }
      applySort()
    })
  for (const row of rows)
    buttonOf(row).addEventListener('click', event => {
      const open = event.currentTarget.getAttribute('aria-expanded') !== 'true'
      event.currentTarget.setAttribute('aria-expanded', String(open))
      const detail = detailOf(row)
      detail.hidden = !open
      const place = detail.querySelector('.charts')
      if (open && !place.hasChildNodes()) drawCharts(place, data.columns[Number(row.dataset.index)])
    })
  applySort()
  applyFilter()

  const width = 380
  const height = 220
  const frame = { left: 52, right: 10, top: 10, bottom: 34 }

  function drawCharts(place, column) {
    place.append(drawHistogram(column))
    if (column.quantiles) place.append(drawQuantiles(column))
    if (data.windows.length > 1) place.append(drawOverTime(column))
  }

  function drawHistogram(column) {
    const { edges } = column
    const sides = [shares(column.reference), shares(column.current)]
    const most = Math.max(...sides.flat(), 1e-9)
    const chart = startChart([edges[0], edges[edges.length - 1]], [0, most], percent)
    const path = share => {
      let d = `M${chart.x(edges[0])} ${chart.y(0)}`
      share.forEach((value, i) => {
        d += `L${chart.x(edges[i])} ${chart.y(value)}L${chart.x(edges[i + 1])} ${chart.y(value)}`
      })
      return `${d}L${chart.x(edges[edges.length - 1])} ${chart.y(0)}`
    }
    chart.add('path', { class: 'reference-area', d: path(sides[0]) })
    chart.add('path', { class: 'current-line', d: path(sides[1]) })
    return chart.finish(
      'Share of rows by value; outer bins hold all beyond',
      `Histogram of ${column.name}: reference filled, current as a line. ${column.shift}`,
    )
  }

  function drawQuantiles(column) {
    const { reference, current } = column.quantiles
    const low = Math.min(reference[0], current[0])
    const high = Math.max(reference[reference.length - 1], current[current.length - 1])
    const chart = startChart([low, high], [low, high])
    chart.add('path', { class: 'guide', d: `M${chart.x(low)} ${chart.y(low)}L${chart.x(high)} ${chart.y(high)}` })
    const points = reference.map((value, i) => `${chart.x(value)} ${chart.y(current[i])}`)
    chart.add('path', { class: 'current-line', d: `M${points.join('L')}` })
    reference.forEach((value, i) => {
      chart.add('circle', { class: 'current-dot', r: 3, cx: chart.x(value), cy: chart.y(current[i]) })
    })
    return chart.finish(
      'Quantiles, 1st to 99th: reference across, current up; on the dashed line nothing moved',
      `Quantile plot of ${column.name}: median ${number(reference[reference.length >> 1])} in the reference, ${number(current[current.length >> 1])} in the current side`,
    )
  }

  function drawOverTime(column) {
    const { median, low, high } = column.over_time
    const known = [...low, ...high].filter(value => value !== null)
    if (known.length === 0) return document.createElement('figure')
    const chart = startChart([0, data.windows.length], [Math.min(...known), Math.max(...known)], number, false)
    data.windows.forEach((window, i) => {
      if (median[i] === null) return
      const at = chart.x(i + 0.5)
      chart.add('rect', {
        class: `${window.side}-area`,
        x: chart.x(i + 0.12),
        width: chart.x(i + 0.88) - chart.x(i + 0.12),
        y: chart.y(high[i]),
        height: Math.max(chart.y(low[i]) - chart.y(high[i]), 1),
      })
      const dot = chart.add('circle', { class: `${window.side}-dot`, r: 3.2, cx: at, cy: chart.y(median[i]) })
      const title = document.createElementNS(dot.namespaceURI, 'title')
      title.textContent = `${window.side}, ${window.from}: median ${number(median[i])}`
      dot.append(title)
    })
    const boundary = data.windows.findIndex(window => window.side === 'current')
    if (boundary > 0)
      chart.add('path', { class: 'guide', d: `M${chart.x(boundary)} ${frame.top}V${height - frame.bottom}` })
    chart.label(chart.x(boundary / 2), 'reference')
    chart.label(chart.x((boundary + data.windows.length) / 2), 'current')
    return chart.finish(
      'Over time: median (dot), 10th to 90th percentile (bar) in windows',
      `${column.name} over time in ${data.windows.length} windows`,
    )
  }

  function startChart(across, up, format = number, ticksAcross = true) {
    const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' })
    const scale = ([from, to], start, end) => {
      const span = to - from || 1
      const middle = to === from ? 0.5 : 0
      return value => round(start + ((value - from) / span + middle) * (end - start))
    }
    const x = scale(across, frame.left, width - frame.right)
    const y = scale(up, height - frame.bottom, frame.top)
    const add = (name, attributes) => svg.appendChild(element(name, attributes))
    const label = (at, text, anchor = 'middle') => {
      add('text', { x: at, y: height - frame.bottom + 16, 'text-anchor': anchor }).textContent = text
    }
    add('path', {
      class: 'axis',
      fill: 'none',
      d: `M${frame.left} ${frame.top}V${height - frame.bottom}H${width - frame.right}`,
    })
    for (const share of [0, 0.5, 1]) {
      const value = up[0] + share * (up[1] - up[0])
      add('text', { x: frame.left - 5, y: y(value) + 4, 'text-anchor': 'end' }).textContent = format(value)
      if (!ticksAcross) continue
      const place = across[0] + share * (across[1] - across[0])
      label(x(place), number(place), share === 0 ? 'start' : share === 1 ? 'end' : 'middle')
    }
    const finish = (caption, description) => {
      svg.setAttribute('aria-label', description)
      const figure = document.createElement('figure')
      const text = document.createElement('figcaption')
      text.textContent = caption
      figure.append(text, svg)
      return figure
    }
    return { x, y, add, label, finish }
  }

  function element(name, attributes) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
    return made
  }

  function shares(counts) {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1
    return counts.map(count => count / total)
  }

  function percent(value) {
    return `${round(value * 100)} %`
  }

  function round(value) {
    return Math.round(value * 10) / 10
  }

  function figure(value) {
    return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 })
  }

  function number(value) {
    if (value === 0) return '0'
    const size = Math.abs(value)
    return size >= 1e6 || size < 1e-3 ? value.toExponential(1).replace('e+', 'e') : figure(value)
  }
}
