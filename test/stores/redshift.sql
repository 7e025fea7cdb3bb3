-- tables
CREATE TABLE IF NOT EXISTS store_version (version integer NOT NULL)
COMMIT
BEGIN
LOCK store_version
SELECT version FROM store_version
CREATE TABLE market_windows ("product" varchar(800) NOT NULL, "window_start" timestamptz NOT NULL, "window_end" timestamptz NOT NULL, "trades" bigint, "volume" varchar(122), "notional" varchar(122), "vwap" double precision, "moving_average" double precision, "price_std" double precision, "return_std" double precision, "open" double precision, "high" double precision, "low" double precision, "close" double precision, "revision" bigint NOT NULL, "final" boolean, "source" varchar(65535), "base_asset" varchar(65535), "quote_asset" varchar(65535), "category" varchar(65535)) DISTSTYLE KEY DISTKEY ("product") COMPOUND SORTKEY ("window_start", "product")
CREATE TABLE market_candles ("product" varchar(800) NOT NULL, "window_start" timestamptz NOT NULL, "window_end" timestamptz NOT NULL, "open" double precision, "high" double precision, "low" double precision, "close" double precision, "volume" varchar(122), "trades" bigint, "revision" bigint NOT NULL, "final" boolean, "source" varchar(800) NOT NULL) DISTSTYLE KEY DISTKEY ("product") COMPOUND SORTKEY ("window_start", "product")
CREATE TABLE market_trades ("product" varchar(800) NOT NULL, "window_start" timestamptz NOT NULL, "window_end" timestamptz, "time_us" bigint NOT NULL, "trade_id" varchar(800) NOT NULL, "price" double precision, "size" double precision, "vwap_1min" double precision, "vwap_5min" double precision, "rolling_avg_5min" double precision, "volume_zscore" double precision, "volume_zscore_minute" double precision, "price_momentum" double precision, "vwap_deviation_pct" double precision, "trade_frequency" double precision, "anomaly_score" double precision, "anomaly" boolean, "model_version" bigint, "revision" bigint NOT NULL, "final" boolean, "source" varchar(65535)) DISTSTYLE KEY DISTKEY ("product") COMPOUND SORTKEY ("window_start", "product")
CREATE TABLE market_aggregations ("product" varchar(800) NOT NULL, "window_start" timestamptz NOT NULL, "window_end" timestamptz, "vwap_1min" double precision, "vwap_5min" double precision, "rolling_avg_5min" double precision, "volume_zscore" double precision, "volume_zscore_minute" double precision, "price_momentum" double precision, "trades" bigint, "volume" double precision, "close" double precision, "revision" bigint NOT NULL, "final" boolean, "source" varchar(65535)) DISTSTYLE KEY DISTKEY ("product") COMPOUND SORTKEY ("window_start", "product")
CREATE TABLE market_anomalies ("product" varchar(800) NOT NULL, "window_start" timestamptz NOT NULL, "window_end" timestamptz, "time_us" bigint NOT NULL, "trade_id" varchar(800) NOT NULL, "price" double precision, "size" double precision, "anomaly_score" double precision, "model_version" bigint, "feature_vector" varchar(65535), "scored" bigint, "flagged" bigint, "contamination" double precision, "revision" bigint NOT NULL, "final" boolean, "source" varchar(65535)) DISTSTYLE KEY DISTKEY ("product") COMPOUND SORTKEY ("window_start", "product")
CREATE TABLE market_sentiment ("product" varchar(800) NOT NULL, "window_start" timestamptz NOT NULL, "window_end" timestamptz, "time_us" bigint, "article_id" varchar(800) NOT NULL, "headline" varchar(65535), "url" varchar(65535), "sentiment_score" double precision, "sentiment_label" varchar(65535), "correlated_anomaly" boolean, "volume_zscore_at_publish" double precision, "correlation_strength" varchar(65535), "base_rate" double precision, "revision" bigint NOT NULL, "final" boolean, "source" varchar(65535)) DISTSTYLE KEY DISTKEY ("product") COMPOUND SORTKEY ("window_start", "product")
CREATE TABLE store_refused ("topic" varchar(800) NOT NULL, "partition" bigint NOT NULL, "record_offset" bigint NOT NULL, "reason" varchar(65535), "value" varchar(65535))
CREATE VIEW market_windows_latest AS SELECT product, window_start, window_end, trades, CASE WHEN length(split_part(volume, '.', 1)) <= 22 THEN CAST(volume AS decimal(38, 16)) END AS volume, CASE WHEN length(split_part(notional, '.', 1)) <= 22 THEN CAST(notional AS decimal(38, 16)) END AS notional, vwap, moving_average, price_std, "close", "final"
FROM (SELECT *, row_number() OVER (PARTITION BY product, extract(epoch FROM window_end) - extract(epoch FROM window_start) ORDER BY window_start DESC) AS newest FROM market_windows) w WHERE newest = 1
CREATE TABLE store_writers ("topic" varchar(800) NOT NULL, "topic_id" varchar(800) NOT NULL, "holder" varchar(800) NOT NULL, "epoch" integer NOT NULL)
CREATE TABLE store_positions ("topic" varchar(800) NOT NULL, "partition" integer NOT NULL, "next_offset" bigint NOT NULL)
INSERT INTO store_version VALUES (2)

-- a batch
BEGIN
LOCK store_writers
SELECT topic_id, holder, epoch FROM store_writers WHERE topic = $1 -- market.windows
SELECT "partition", next_offset FROM store_positions WHERE topic = $1 ORDER BY "partition" -- market.windows
CREATE TEMP TABLE staging_market_windows (LIKE market_windows)
INSERT INTO staging_market_windows ("product", "window_start", "window_end", "trades", "volume", "notional", "vwap", "moving_average", "price_std", "return_std", "open", "high", "low", "close", "revision", "final", "source", "base_asset", "quote_asset", "category") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
DELETE FROM staging_market_windows USING market_windows WHERE staging_market_windows."product" = market_windows."product" AND staging_market_windows."window_start" = market_windows."window_start" AND staging_market_windows."window_end" = market_windows."window_end" AND market_windows."window_start" BETWEEN $1 AND $2 AND market_windows."revision" >= staging_market_windows."revision" -- 2026-04-04 03:15:00+00 | 2026-04-04 03:15:00+00
DELETE FROM market_windows USING staging_market_windows WHERE staging_market_windows."product" = market_windows."product" AND staging_market_windows."window_start" = market_windows."window_start" AND staging_market_windows."window_end" = market_windows."window_end" AND market_windows."window_start" BETWEEN $1 AND $2 -- 2026-04-04 03:15:00+00 | 2026-04-04 03:15:00+00
INSERT INTO market_windows ("product", "window_start", "window_end", "trades", "volume", "notional", "vwap", "moving_average", "price_std", "return_std", "open", "high", "low", "close", "revision", "final", "source", "base_asset", "quote_asset", "category") SELECT "product", "window_start", "window_end", "trades", "volume", "notional", "vwap", "moving_average", "price_std", "return_std", "open", "high", "low", "close", "revision", "final", "source", "base_asset", "quote_asset", "category" FROM staging_market_windows
DROP TABLE staging_market_windows
INSERT INTO store_refused ("topic", "partition", "record_offset", "reason", "value") VALUES ($1, $2, $3, $4, $5) -- market.windows | 0 | 3 | not_json | 7b2270726f64756374223a220033
DELETE FROM store_positions WHERE topic = $1 AND "partition" = $2 -- market.windows | 0
INSERT INTO store_positions VALUES ($1, $2, $3) -- market.windows | 0 | 4
COMMIT

-- a batch through a bucket
BEGIN
LOCK store_writers
SELECT topic_id, holder, epoch FROM store_writers WHERE topic = $1 -- market.windows
SELECT "partition", next_offset FROM store_positions WHERE topic = $1 ORDER BY "partition" -- market.windows
CREATE TEMP TABLE staging_market_windows (LIKE market_windows)
COPY staging_market_windows ("product", "window_start", "window_end", "trades", "volume", "notional", "vwap", "moving_average", "price_std", "return_std", "open", "high", "low", "close", "revision", "final", "source", "base_asset", "quote_asset", "category") FROM 's3://bucket/staging/market_windows-0341276272b1a5b72ea570987fc3e134fb0a2f7222e606bed2515db5599a3e91.json.gz' IAM_ROLE 'arn:aws:iam::123456789012:role/loads' REGION 'eu-west-1' FORMAT AS JSON 'auto' GZIP TIMEFORMAT 'auto' COMPUPDATE OFF STATUPDATE OFF
DELETE FROM staging_market_windows USING market_windows WHERE staging_market_windows."product" = market_windows."product" AND staging_market_windows."window_start" = market_windows."window_start" AND staging_market_windows."window_end" = market_windows."window_end" AND market_windows."window_start" BETWEEN $1 AND $2 AND market_windows."revision" >= staging_market_windows."revision" -- 2026-04-04 03:15:00+00 | 2026-04-04 03:15:00+00
DELETE FROM market_windows USING staging_market_windows WHERE staging_market_windows."product" = market_windows."product" AND staging_market_windows."window_start" = market_windows."window_start" AND staging_market_windows."window_end" = market_windows."window_end" AND market_windows."window_start" BETWEEN $1 AND $2 -- 2026-04-04 03:15:00+00 | 2026-04-04 03:15:00+00
INSERT INTO market_windows ("product", "window_start", "window_end", "trades", "volume", "notional", "vwap", "moving_average", "price_std", "return_std", "open", "high", "low", "close", "revision", "final", "source", "base_asset", "quote_asset", "category") SELECT "product", "window_start", "window_end", "trades", "volume", "notional", "vwap", "moving_average", "price_std", "return_std", "open", "high", "low", "close", "revision", "final", "source", "base_asset", "quote_asset", "category" FROM staging_market_windows
DROP TABLE staging_market_windows
INSERT INTO store_refused ("topic", "partition", "record_offset", "reason", "value") VALUES ($1, $2, $3, $4, $5) -- market.windows | 0 | 3 | not_json | 7b2270726f64756374223a220033
DELETE FROM store_positions WHERE topic = $1 AND "partition" = $2 -- market.windows | 0
INSERT INTO store_positions VALUES ($1, $2, $3) -- market.windows | 0 | 4
COMMIT

-- objects
{"product":"A’B\"\\-USD","window_start":"2026-04-04 03:15:00+00","window_end":"2026-04-04 03:16:00+00","trades":0,"volume":"968377898.28110350","notional":"968377898.2811035000000000","vwap":0.425796952098608,"moving_average":0.9948229456786066,"price_std":null,"return_std":0.45527112716808915,"open":0.5274470499599523,"high":9.810509674716742e+299,"low":5e-324,"close":0.30000000000000004,"revision":4,"final":false,"source":"trades","base_asset":"BTC","quote_asset":"USD","category":"unknown"}

