ALTER TABLE "bar_gaps" ADD COLUMN "source" text;
--> statement-breakpoint
-- Records of quality that were found before `before` (epoch ms), so many at once: gives how many are
-- gone, fewer than `most` where no more are left.
CREATE FUNCTION trim_quality_records(before bigint, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  removed bigint;
BEGIN
  DELETE FROM quality_records WHERE id IN (
    SELECT id FROM quality_records WHERE found_at < before ORDER BY found_at LIMIT most
  );
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION trim_quality_records(bigint, integer) FROM PUBLIC;
