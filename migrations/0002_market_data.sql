-- Bars in native partitions, one a month of open_time (UTC): retention drops whole months.
ALTER TABLE "bars" RENAME TO "bars_before";
--> statement-breakpoint
ALTER TABLE "bars_before" RENAME CONSTRAINT "bars_instrument_timeframe_open_time_pk" TO "bars_before_pk";
--> statement-breakpoint
CREATE TABLE "bars" (
	"instrument" text NOT NULL,
	"timeframe" text NOT NULL,
	"open_time" bigint NOT NULL,
	"open" numeric(38, 18) NOT NULL,
	"high" numeric(38, 18) NOT NULL,
	"low" numeric(38, 18) NOT NULL,
	"close" numeric(38, 18) NOT NULL,
	"volume" numeric(38, 18) NOT NULL,
	"trade_count" integer NOT NULL,
	"state" text NOT NULL,
	"source" text NOT NULL,
	"built_from" text NOT NULL,
	"missing" integer NOT NULL,
	CONSTRAINT "bars_instrument_timeframe_open_time_pk" PRIMARY KEY("instrument","timeframe","open_time")
) PARTITION BY RANGE ("open_time");
--> statement-breakpoint
-- Makes the partitions of the months from first_time to last_time (epoch ms). The writer of bars may
-- make tables in no other way.
CREATE FUNCTION ensure_bar_partitions(first_time bigint, last_time bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  month timestamp := date_trunc('month', to_timestamp(first_time / 1000.0) AT TIME ZONE 'UTC');
  last_month timestamp := date_trunc('month', to_timestamp(last_time / 1000.0) AT TIME ZONE 'UTC');
  partition_name text;
BEGIN
  IF last_time - first_time > 4000::bigint * 86400000 THEN
    RAISE EXCEPTION 'more than ten years of partitions at once';
  END IF;
  PERFORM pg_advisory_xact_lock(7230113);
  WHILE month <= last_month LOOP
    partition_name := 'bars_' || to_char(month, 'YYYY_MM');
    IF to_regclass(partition_name) IS NULL THEN
      EXECUTE format(
        'CREATE TABLE %I PARTITION OF bars FOR VALUES FROM (%s) TO (%s)',
        partition_name,
        (extract(epoch FROM month) * 1000)::bigint,
        (extract(epoch FROM month + interval '1 month') * 1000)::bigint
      );
    END IF;
    month := month + interval '1 month';
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ensure_bar_partitions(bigint, bigint) FROM PUBLIC;
--> statement-breakpoint
SELECT ensure_bar_partitions(min(open_time), max(open_time)) FROM bars_before HAVING count(*) > 0;
--> statement-breakpoint
INSERT INTO "bars" SELECT "instrument", "timeframe", "open_time", "open", "high", "low", "close", "volume", "trade_count", 'closed', 'bybit', "source", 0 FROM "bars_before";
--> statement-breakpoint
DROP TABLE "bars_before";
--> statement-breakpoint
CREATE TABLE "bar_coverage" (
	"instrument" text NOT NULL,
	"timeframe" text NOT NULL,
	"from_time" bigint NOT NULL,
	"checked_until" bigint NOT NULL,
	CONSTRAINT "bar_coverage_instrument_timeframe_pk" PRIMARY KEY("instrument","timeframe")
);
--> statement-breakpoint
CREATE TABLE "bar_gaps" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bar_gaps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"instrument" text NOT NULL,
	"timeframe" text NOT NULL,
	"from_time" bigint NOT NULL,
	"to_time" bigint NOT NULL,
	"bars" integer NOT NULL,
	"found_at" bigint NOT NULL,
	"ended_at" bigint,
	"outcome" text
);
--> statement-breakpoint
CREATE INDEX "bar_gaps_of_instrument" ON "bar_gaps" USING btree ("instrument","timeframe","from_time");
