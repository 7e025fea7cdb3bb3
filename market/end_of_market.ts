/** Reason of the normal close (code 1000) by which a simulated exchange or a served capture says that nothing follows. */
export const endOfMarket = 'end of market'
