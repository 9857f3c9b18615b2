from django.db import migrations, models
from django.db.models import F, Q

SERIES_RISES_BY_ONE = """
-- A number is drawn by adding one. Lowered, a series would draw numbers twice; raised, no_gap would stop every issue.
-- Until the first number is drawn, it may begin at another one (decisions 4).
CREATE FUNCTION series_rises_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.name = OLD.name THEN
    IF NEW.first = OLD.first AND NEW.last BETWEEN OLD.last AND OLD.last + 1 THEN RETURN NEW; END IF;
    IF OLD.last < OLD.first AND NEW.last = NEW.first - 1 THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'a series rises by one' USING ERRCODE = '23001', CONSTRAINT = 'series_rises_by_one';
END $$;
CREATE TRIGGER series_rises_by_one BEFORE UPDATE OR DELETE ON billing_series
  FOR EACH ROW EXECUTE FUNCTION series_rises_by_one();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_no_charge_is_only_revoked")]

    operations = [
        migrations.RemoveConstraint(model_name="series", name="series_only_rises"),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(condition=Q(last__gte=F("first") - 1), name="series_not_below_its_first"),
        ),
        migrations.RunSQL(SERIES_RISES_BY_ONE, migrations.RunSQL.noop),
    ]
