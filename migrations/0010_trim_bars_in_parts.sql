-- In one statement the minutes of a month of many instruments take longer than a statement may, so
-- that none of them ever went.
DROP FUNCTION trim_bars(text, bigint);
--> statement-breakpoint
-- Bars of one timeframe that opened before the month of `before` (epoch ms, UTC), about so many at
-- once, whole months of an instrument each: gives how many are gone, fewer than `most` where no more
-- are left. A month with nothing else in it goes with its partition.
CREATE FUNCTION trim_bars(trimmed text, before bigint, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kept_from timestamp := date_trunc('month', to_timestamp(before / 1000.0) AT TIME ZONE 'UTC');
  first_kept text := 'bars_' || to_char(kept_from, 'YYYY_MM');
  partition_name text;
  one text;
  part bigint;
  of_others boolean;
  removed bigint := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7230113);
  FOR partition_name IN
    SELECT child.relname FROM pg_inherits
    JOIN pg_class AS child ON child.oid = inhrelid
    WHERE inhparent = 'bars'::regclass AND child.relname < first_kept
    ORDER BY 1
  LOOP
    -- By instrument, along the key: the month as a whole may be gigabytes.
    of_others := false;
    one := '';
    LOOP
      EXECUTE format('SELECT min(instrument) FROM %I WHERE instrument > $1', partition_name)
        INTO one USING one;
      EXIT WHEN one IS NULL;
      EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %1$I WHERE instrument = $1 AND timeframe < $2)
          OR EXISTS (SELECT 1 FROM %1$I WHERE instrument = $1 AND timeframe > $2)', partition_name)
        INTO of_others USING one, trimmed;
      EXIT WHEN of_others;
    END LOOP;
    IF NOT of_others THEN
      EXECUTE format('SELECT count(*) FROM %I', partition_name) INTO part;
      EXECUTE format('DROP TABLE %I', partition_name);
      removed := removed + part;
      CONTINUE;
    END IF;
    one := '';
    LOOP
      EXECUTE format('SELECT min(instrument) FROM %I WHERE instrument > $1', partition_name)
        INTO one USING one;
      EXIT WHEN one IS NULL;
      EXECUTE format('DELETE FROM %I WHERE instrument = $1 AND timeframe = $2', partition_name)
        USING one, trimmed;
      GET DIAGNOSTICS part = ROW_COUNT;
      removed := removed + part;
      IF removed >= most THEN RETURN removed; END IF;
    END LOOP;
  END LOOP;
  DELETE FROM bar_corrections WHERE timeframe = trimmed
    AND open_time < extract(epoch FROM kept_from AT TIME ZONE 'UTC') * 1000;
  RETURN removed;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION trim_bars(text, bigint, integer) FROM PUBLIC;
