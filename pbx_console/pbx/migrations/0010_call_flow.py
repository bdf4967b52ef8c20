"""Hunt groups, menus, schedules, announcements, conference rooms and outside numbers.

Hours that overlap are refused by the database, too: an opening is a range of minutes in a
line on which every schedule has its own week (or its own days), and ranges must not meet.
"""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
import pbx_console.pbx.models.extensions
from django.db import migrations, models

from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable
from pbx_console.pbx.ddl import functions, keep_destination

NOUNS = {
    "pbx_huntgroup": "group",
    "pbx_menu": "menu",
    "pbx_schedule": "schedule",
    "pbx_announcement": "announcement",
    "pbx_conference": "conference",
    "pbx_outsidenumber": "outside",
}
PARTS = {
    "pbx_huntgroupmember": "group_id IN (SELECT id FROM pbx_huntgroup)",
    "pbx_menukey": "menu_id IN (SELECT id FROM pbx_menu)",
    "pbx_schedulehours": "schedule_id IN (SELECT id FROM pbx_schedule)",
    "pbx_scheduleday": "schedule_id IN (SELECT id FROM pbx_schedule)",
}
NO_OVERLAP = """
ALTER TABLE pbx_schedulehours ADD CONSTRAINT schedule_hours_apart EXCLUDE USING gist (
  int8range((schedule_id * 7 + weekday) * 1441 + opens,
            (schedule_id * 7 + weekday) * 1441 + closes) WITH &&);
ALTER TABLE pbx_scheduleday ADD CONSTRAINT schedule_days_apart EXCLUDE USING gist (
  int8range(schedule_id * 10000000 + (first_day - '2000-01-01'::date),
            schedule_id * 10000000 + (last_day - '2000-01-01'::date), '[]') WITH &&);
"""
OVERLAP = """
ALTER TABLE pbx_schedulehours DROP CONSTRAINT schedule_hours_apart;
ALTER TABLE pbx_scheduleday DROP CONSTRAINT schedule_days_apart;
"""

GROUPS = """
-- The extensions of a group in order, each once, groups in it replaced by their members;
-- a group that contains itself ends there.
CREATE FUNCTION asterisk.members_of(customer bigint, whole bigint)
RETURNS TABLE (extension bigint, destination bigint, place bigint[])
LANGUAGE sql STABLE @SAFE AS $$
  WITH RECURSIVE tree AS (
    SELECT d.kind, d.object_id, d.id, ARRAY[m.position, m.id] AS place,
           ARRAY[whole] AS above
      FROM pbx_huntgroupmember m JOIN pbx_destination d ON d.id = m.destination_id
     WHERE m.group_id = whole AND d.customer_id = customer
    UNION ALL
    SELECT d.kind, d.object_id, d.id, t.place || ARRAY[m.position, m.id],
           t.above || t.object_id
      FROM tree t
      JOIN pbx_huntgroupmember m ON t.kind = 'group' AND m.group_id = t.object_id
      JOIN pbx_destination d ON d.id = m.destination_id
     WHERE t.object_id <> ALL (t.above) AND cardinality(t.above) < 6
       AND d.customer_id = customer
  )
  SELECT object_id, id, min(tree.place) FROM tree WHERE kind = 'extension'
   GROUP BY object_id, id ORDER BY min(tree.place) LIMIT 50
$$;

-- `target`: the phones of the members who may be disturbed, divided by |, those of one
-- member by &. `options`: the strategy; `keys`: the members; `next`: the overflow;
-- `x2`: what stands before the caller's name. Their
-- forwards do not count: a group rings people, not the places where they divert to.
CREATE FUNCTION asterisk.step_group(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  found_group record;
  rung record;
BEGIN
  SELECT g.* INTO found_group FROM pbx_huntgroup g
   WHERE g.id = object AND g.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  -- Who calls does not ring himself.
  SELECT string_agg(dial, '|' ORDER BY place) AS dials,
         string_agg('m=d' || destination, ',' ORDER BY place) AS tokens
    INTO rung
    FROM (SELECT m.*, asterisk.phones_of(m.extension) AS dial
            FROM asterisk.members_of(customer, object) m
            JOIN pbx_extension e ON e.id = m.extension
           WHERE e.number <> split_part(coalesce(caller, ''), '-', 2)) members
   WHERE dial <> '';
  answer.action := 'group';
  answer.target := coalesce(rung.dials, '');
  answer.keys := coalesce(rung.tokens, '');
  answer.accountcode := found_group.number;
  answer.ring_seconds := found_group.ring_seconds;
  answer.options := found_group.strategy;
  answer.x2 := found_group.name_prefix;
  answer.x1 := object::text;
  answer.next := coalesce('d' || found_group.overflow_id, '');
  answer.on_busy := answer.next;
  answer.on_offline := answer.next;
  RETURN answer;
END $$;
"""

MENUS = """
-- `keys`: 1=d12,2=d15; `next`: no key was pressed; `on_full`: only wrong ones;
-- `x2`: how often it plays. If callers may dial an extension, `x1`: the digits that one
-- begins with, `x3`: how many the longest has.
CREATE FUNCTION asterisk.step_menu(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  menu record;
BEGIN
  SELECT m.*, p.digest INTO menu FROM pbx_menu m JOIN pbx_prompt p ON p.id = m.prompt_id
   WHERE m.id = object AND m.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.action := 'menu';
  answer.accountcode := menu.number;
  answer.sound := CASE WHEN menu.digest = '' THEN '' ELSE 'prompts/' || menu.digest END;
  answer.ring_seconds := menu.timeout_seconds;
  answer.keys := coalesce((SELECT string_agg(k.key || '=d' || k.destination_id, ','
    ORDER BY k.key) FROM pbx_menukey k WHERE k.menu_id = object), '');
  answer.next := coalesce('d' || menu.on_timeout_id, '');
  answer.on_full := coalesce('d' || menu.on_invalid_id, answer.next);
  answer.options := CASE WHEN menu.direct_dialling THEN 'direct' ELSE '' END;
  answer.x2 := menu.tries::text;
  IF menu.direct_dialling THEN
    SELECT string_agg(DISTINCT left(e.number, 1), ''), max(length(e.number))::text
      INTO answer.x1, answer.x3 FROM pbx_extension e WHERE e.customer_id = customer;
  END IF;
  RETURN answer;
END $$;

-- An extension that a caller dialled in a menu: `i201`. Nothing but extensions.
CREATE FUNCTION asterisk.step_i(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  token text;
BEGIN
  SELECT 'd' || d.id INTO token FROM pbx_destination d
   WHERE d.customer_id = customer AND d.kind = 'extension' AND d.number = object::text;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'no_extension';
    RETURN answer;
  END IF;
  RETURN asterisk.step(answer.tenantid, token, caller, at);
END $$;
"""

SCHEDULES = """
-- What the moment is to a schedule (open, closed, holiday) and why: hand, day <name>,
-- feast <name>, hours.
CREATE FUNCTION asterisk.schedule_state(schedule bigint, at timestamptz, OUT state text,
  OUT why text) LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  here record;
  own record;
  moment timestamp;
  minute int;
BEGIN
  SELECT s.override, s.region, c.timezone INTO here
    FROM pbx_schedule s JOIN accounts_customer c ON c.id = s.customer_id
   WHERE s.id = schedule;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF here.override <> '' THEN
    state := here.override;
    why := 'hand';
    RETURN;
  END IF;
  moment := at AT TIME ZONE here.timezone;
  minute := extract(hour FROM moment) * 60 + extract(minute FROM moment);
  SELECT d.name, d.opens, d.closes INTO own FROM pbx_scheduleday d
   WHERE d.schedule_id = schedule AND moment::date BETWEEN d.first_day AND d.last_day;
  IF FOUND THEN
    why := 'day ' || own.name;
    state := CASE WHEN own.opens IS NULL THEN 'holiday'
                  WHEN minute >= own.opens AND minute < own.closes THEN 'open'
                  ELSE 'closed' END;
    RETURN;
  END IF;
  SELECT 'feast ' || h.name INTO why FROM pbx_holiday h
   WHERE h.region = here.region AND h.day = moment::date;
  IF FOUND THEN
    state := 'holiday';
    RETURN;
  END IF;
  why := 'hours';
  state := CASE WHEN EXISTS (SELECT FROM pbx_schedulehours h
      WHERE h.schedule_id = schedule AND h.weekday = extract(isodow FROM moment) - 1
        AND minute >= h.opens AND minute < h.closes) THEN 'open' ELSE 'closed' END;
END $$;

-- `next`: where it leads at that moment; `x1`, `x2`: which state that is, and why;
-- `keys`: where each state leads.
CREATE FUNCTION asterisk.step_schedule(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  plan record;
  holiday bigint;
  now_is record;
BEGIN
  SELECT s.* INTO plan FROM pbx_schedule s
   WHERE s.id = object AND s.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  SELECT * INTO now_is FROM asterisk.schedule_state(object, at);
  holiday := coalesce(plan.holiday_to_id, plan.closed_to_id);
  answer.action := 'goto';
  answer.accountcode := plan.number;
  answer.x1 := now_is.state;
  answer.x2 := now_is.why;
  answer.next := coalesce('d' || CASE now_is.state WHEN 'open' THEN plan.open_to_id
    WHEN 'holiday' THEN holiday ELSE plan.closed_to_id END, '');
  answer.keys := concat_ws(',', 'open=d' || plan.open_to_id,
    'closed=d' || plan.closed_to_id, 'holiday=d' || holiday);
  RETURN answer;
END $$;

-- A person at a phone switches a schedule of the own customer: open, closed, holiday, or
-- clock for what the clock says. Answers what holds then; empty when it may not be.
CREATE FUNCTION asterisk.override_schedule(endpoint text, number text, state text)
RETURNS text LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  actor record;
  plan record;
  wanted text := CASE state WHEN 'clock' THEN '' ELSE coalesce(state, '?') END;
BEGIN
  SELECT e.number, e.name, c.id AS customer, c.reseller_id AS reseller INTO actor
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
    JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE c.code = split_part(endpoint, '-', 1)
     AND e.number = split_part(endpoint, '-', 2) AND c.is_active AND r.is_active;
  IF NOT FOUND OR wanted NOT IN ('', 'open', 'closed', 'holiday') THEN
    RETURN '';
  END IF;
  SELECT s.id, s.number, s.name, s.override INTO plan FROM pbx_schedule s
   WHERE s.customer_id = actor.customer AND s.by_phone AND s.number <> ''
     AND s.number = override_schedule.number FOR UPDATE;
  IF NOT FOUND THEN
    RETURN '';
  END IF;
  IF plan.override <> wanted THEN
    UPDATE pbx_schedule SET override = wanted WHERE id = plan.id;
    INSERT INTO accounts_auditentry (at, actor_name, actor_level, acted_as, reseller_id,
      customer_id, verb, object_type, object_key, object_label, before, after)
    VALUES (now(), actor.number || ' ' || actor.name, 'phone', '', actor.reseller,
      actor.customer, 'schedule.switched', 'schedule', plan.id::text,
      plan.number || ' ' || plan.name, jsonb_build_object('override', plan.override),
      jsonb_build_object('override', wanted));
  END IF;
  RETURN CASE wanted WHEN '' THEN
    (SELECT s.state FROM asterisk.schedule_state(plan.id, now()) s) ELSE wanted END;
END $$;
"""

ROOMS = """
CREATE FUNCTION asterisk.step_announcement(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  said record;
BEGIN
  SELECT a.number, a.then_id, p.digest INTO said
    FROM pbx_announcement a JOIN pbx_prompt p ON p.id = a.prompt_id
   WHERE a.id = object AND a.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.action := 'announcement';
  answer.accountcode := said.number;
  answer.sound := CASE WHEN said.digest = '' THEN '' ELSE 'prompts/' || said.digest END;
  answer.next := coalesce('d' || said.then_id, '');
  RETURN answer;
END $$;

-- `x1`, `x2`: the PINs of people and moderators; `x3`: how many; `options`: w waits for
-- the moderator, m music while alone, j a tone at joins.
CREATE FUNCTION asterisk.step_conference(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  room record;
BEGIN
  SELECT c.* INTO room FROM pbx_conference c
   WHERE c.id = object AND c.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.action := 'conference';
  answer.accountcode := room.number;
  answer.target := 'room-' || object;
  answer.x1 := room.pin;
  answer.x2 := room.admin_pin;
  answer.x3 := room.max_members::text;
  answer.options := concat('-', CASE WHEN room.waits_for_admin THEN 'w' END,
    CASE WHEN room.music_while_alone THEN 'm' END,
    CASE WHEN room.announces_joins THEN 'j' END);
  RETURN answer;
END $$;

-- Who pays is the number's own internal number.
CREATE FUNCTION asterisk.step_outside(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  place record;
BEGIN
  SELECT o.number, o.e164 INTO place FROM pbx_outsidenumber o
   WHERE o.id = object AND o.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.accountcode := place.number;
  RETURN asterisk.outside(answer, customer, NULL, place.e164, '');
END $$;
"""
CODES = """
-- *80 and the number of a schedule: the clock decides; *81 open, *82 closed, *83 holiday.
CREATE FUNCTION asterisk.code_80(answer asterisk.route, customer bigint,
  extension bigint, dialled text) RETURNS asterisk.route
LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer.action := 'override';
  answer.x1 := dialled;
  answer.x2 := 'clock';
  RETURN answer;
END $$;
""" + "".join(
    f"""
CREATE FUNCTION asterisk.code_8{digit}(answer asterisk.route, customer bigint,
  extension bigint, dialled text) RETURNS asterisk.route
LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer := asterisk.code_80(answer, customer, extension, dialled);
  answer.x2 := '{state}';
  RETURN answer;
END $$;
"""
    for digit, state in ((1, "open"), (2, "closed"), (3, "holiday"))
)

STEPS = ("group", "menu", "i", "schedule", "announcement", "conference", "outside")
NEW = (
    *(f"step_{n}(asterisk.route, bigint, bigint, text, timestamptz)" for n in STEPS),
    "members_of(bigint, bigint)",
    "schedule_state(bigint, timestamptz)",
    "override_schedule(text, text, text)",
    *(f"code_8{digit}(asterisk.route, bigint, bigint, text)" for digit in range(4)),
)
TOLD = """
CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE OF number, name, override
  ON pbx_schedule FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('schedule');
"""
UNTOLD = "DROP TRIGGER tell_changed ON pbx_schedule;"
ASKED = """
GRANT EXECUTE ON FUNCTION asterisk.schedule_state(bigint, timestamptz) TO pbx_console;
GRANT EXECUTE ON FUNCTION asterisk.override_schedule(text, text, text) TO pbx_asterisk;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_quota_warnings"),
        ("pbx", "0009_voicemail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Colleagues dial it. Empty: it is reached through others only.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9]{1,5}$",
                                "2 to 6 digits, not beginning with 0.",
                            ),
                            pbx_console.pbx.models.extensions.validate_number,
                        ],
                        verbose_name="internal number",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
            ],
            options={
                "verbose_name": "announcement",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Conference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Colleagues dial it. Empty: it is reached through others only.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9]{1,5}$",
                                "2 to 6 digits, not beginning with 0.",
                            ),
                            pbx_console.pbx.models.extensions.validate_number,
                        ],
                        verbose_name="internal number",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "pin",
                    models.CharField(
                        blank=True,
                        help_text="4 to 10 digits. Empty: everybody who is led here.",
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9]{4,10}$", "4 to 10 digits."
                            )
                        ],
                        verbose_name="PIN",
                    ),
                ),
                (
                    "admin_pin",
                    models.CharField(
                        blank=True,
                        help_text="Who enters with it can mute others and lock.",
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9]{4,10}$", "4 to 10 digits."
                            )
                        ],
                        verbose_name="PIN of the moderator",
                    ),
                ),
                (
                    "max_members",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="people at most",
                    ),
                ),
                (
                    "waits_for_admin",
                    models.BooleanField(
                        default=False, verbose_name="begins when the moderator is there"
                    ),
                ),
                (
                    "music_while_alone",
                    models.BooleanField(default=True, verbose_name="music while alone"),
                ),
                (
                    "announces_joins",
                    models.BooleanField(
                        default=True, verbose_name="a tone when somebody comes or goes"
                    ),
                ),
            ],
            options={
                "verbose_name": "conference room",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        choices=[
                            ("NL", "Netherlands"),
                            ("DE-BW", "Baden-Württemberg"),
                            ("DE-BY", "Bayern"),
                            ("DE-BE", "Berlin"),
                            ("DE-BB", "Brandenburg"),
                            ("DE-HB", "Bremen"),
                            ("DE-HH", "Hamburg"),
                            ("DE-HE", "Hessen"),
                            ("DE-MV", "Mecklenburg-Vorpommern"),
                            ("DE-NI", "Niedersachsen"),
                            ("DE-NW", "Nordrhein-Westfalen"),
                            ("DE-RP", "Rheinland-Pfalz"),
                            ("DE-SL", "Saarland"),
                            ("DE-SN", "Sachsen"),
                            ("DE-ST", "Sachsen-Anhalt"),
                            ("DE-SH", "Schleswig-Holstein"),
                            ("DE-TH", "Thüringen"),
                        ],
                        max_length=5,
                    ),
                ),
                ("day", models.DateField()),
                ("name", models.CharField(max_length=120)),
            ],
            options={
                "verbose_name": "public holiday",
                "ordering": ("region", "day"),
            },
        ),
        migrations.CreateModel(
            name="HuntGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Colleagues dial it. Empty: it is reached through others only.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9]{1,5}$",
                                "2 to 6 digits, not beginning with 0.",
                            ),
                            pbx_console.pbx.models.extensions.validate_number,
                        ],
                        verbose_name="internal number",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("all", "all at once"),
                            ("order", "one after another"),
                            (
                                "rotating",
                                "one after another, each call begins with the next",
                            ),
                            ("idle", "whoever has not spoken for the longest time"),
                        ],
                        default="all",
                        max_length=8,
                        verbose_name="who rings",
                    ),
                ),
                (
                    "ring_seconds",
                    models.PositiveSmallIntegerField(
                        default=20,
                        help_text="How long all members ring, or each of them in turn.",
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="seconds per step",
                    ),
                ),
                (
                    "name_prefix",
                    models.CharField(
                        blank=True,
                        help_text="Members see it on their display, for example “Sales”.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]*$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="before the caller's name",
                    ),
                ),
            ],
            options={
                "verbose_name": "hunt group",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HuntGroupMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "group member",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="Menu",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Colleagues dial it. Empty: it is reached through others only.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9]{1,5}$",
                                "2 to 6 digits, not beginning with 0.",
                            ),
                            pbx_console.pbx.models.extensions.validate_number,
                        ],
                        verbose_name="internal number",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "timeout_seconds",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="waits for a key, seconds",
                    ),
                ),
                (
                    "tries",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9),
                        ],
                        verbose_name="plays at most, times",
                    ),
                ),
                (
                    "direct_dialling",
                    models.BooleanField(
                        default=False,
                        help_text="Who knows the number of an extension dials it in the menu.",
                        verbose_name="callers may dial an extension",
                    ),
                ),
            ],
            options={
                "verbose_name": "menu",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MenuKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("1", "1"),
                            ("2", "2"),
                            ("3", "3"),
                            ("4", "4"),
                            ("5", "5"),
                            ("6", "6"),
                            ("7", "7"),
                            ("8", "8"),
                            ("9", "9"),
                            ("0", "0"),
                            ("*", "*"),
                            ("#", "#"),
                        ],
                        max_length=1,
                    ),
                ),
            ],
            options={
                "verbose_name": "key",
                "ordering": ("menu", "key"),
            },
        ),
        migrations.CreateModel(
            name="OutsideNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Colleagues dial it. Empty: it is reached through others only.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9]{1,5}$",
                                "2 to 6 digits, not beginning with 0.",
                            ),
                            pbx_console.pbx.models.extensions.validate_number,
                        ],
                        verbose_name="internal number",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "e164",
                    models.CharField(
                        help_text="The customer pays for these calls.",
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9][0-9]{4,14}$", "E.164 with a plus."
                            )
                        ],
                        verbose_name="outside number",
                    ),
                ),
            ],
            options={
                "verbose_name": "outside number",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Colleagues dial it. Empty: it is reached through others only.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9]{1,5}$",
                                "2 to 6 digits, not beginning with 0.",
                            ),
                            pbx_console.pbx.models.extensions.validate_number,
                        ],
                        verbose_name="internal number",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NL", "Netherlands"),
                            ("DE-BW", "Baden-Württemberg"),
                            ("DE-BY", "Bayern"),
                            ("DE-BE", "Berlin"),
                            ("DE-BB", "Brandenburg"),
                            ("DE-HB", "Bremen"),
                            ("DE-HH", "Hamburg"),
                            ("DE-HE", "Hessen"),
                            ("DE-MV", "Mecklenburg-Vorpommern"),
                            ("DE-NI", "Niedersachsen"),
                            ("DE-NW", "Nordrhein-Westfalen"),
                            ("DE-RP", "Rheinland-Pfalz"),
                            ("DE-SL", "Saarland"),
                            ("DE-SN", "Sachsen"),
                            ("DE-ST", "Sachsen-Anhalt"),
                            ("DE-SH", "Schleswig-Holstein"),
                            ("DE-TH", "Thüringen"),
                        ],
                        max_length=5,
                        verbose_name="public holidays",
                    ),
                ),
                (
                    "override",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("open", "open now"),
                            ("closed", "closed now"),
                            ("holiday", "holiday now"),
                        ],
                        default="",
                        max_length=7,
                        verbose_name="switched by hand",
                    ),
                ),
                (
                    "by_phone",
                    models.BooleanField(
                        default=True,
                        help_text="Every phone of the customer can switch it with a code.",
                        verbose_name="may be switched by telephone",
                    ),
                ),
            ],
            options={
                "verbose_name": "schedule",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ScheduleDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="what for")),
                ("first_day", models.DateField(verbose_name="first day")),
                ("last_day", models.DateField(verbose_name="last day")),
                (
                    "opens",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(1439)],
                        verbose_name="from",
                    ),
                ),
                (
                    "closes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="until",
                    ),
                ),
            ],
            options={
                "verbose_name": "own day",
                "ordering": ("schedule", "first_day"),
            },
        ),
        migrations.CreateModel(
            name="ScheduleHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "opens",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(1439)],
                        verbose_name="from",
                    ),
                ),
                (
                    "closes",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="until",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="weekday",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening hours",
                "ordering": ("schedule", "weekday", "opens"),
            },
        ),
        migrations.AddField(
            model_name="announcement",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="prompt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="announcements",
                to="pbx.prompt",
                verbose_name="prompt",
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="then",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="after_announcements",
                to="pbx.destination",
                verbose_name="afterwards",
            ),
        ),
        migrations.AddField(
            model_name="conference",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="holiday",
            constraint=models.UniqueConstraint(
                fields=("region", "day"), name="holiday_once"
            ),
        ),
        migrations.AddField(
            model_name="huntgroup",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="huntgroup",
            name="overflow",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="overflow_of_groups",
                to="pbx.destination",
                verbose_name="if nobody answers",
            ),
        ),
        migrations.AddField(
            model_name="huntgroupmember",
            name="destination",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="member_of_groups",
                to="pbx.destination",
                verbose_name="member",
            ),
        ),
        migrations.AddField(
            model_name="huntgroupmember",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="pbx.huntgroup",
            ),
        ),
        migrations.AddField(
            model_name="menu",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="menu",
            name="on_invalid",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invalid_of_menus",
                to="pbx.destination",
                verbose_name="if only wrong keys are pressed",
            ),
        ),
        migrations.AddField(
            model_name="menu",
            name="on_timeout",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timeout_of_menus",
                to="pbx.destination",
                verbose_name="if no key is pressed",
            ),
        ),
        migrations.AddField(
            model_name="menu",
            name="prompt",
            field=models.ForeignKey(
                help_text="What the caller hears: which key leads where.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="menus",
                to="pbx.prompt",
                verbose_name="prompt",
            ),
        ),
        migrations.AddField(
            model_name="menukey",
            name="destination",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="key_of_menus",
                to="pbx.destination",
            ),
        ),
        migrations.AddField(
            model_name="menukey",
            name="menu",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="keys",
                to="pbx.menu",
            ),
        ),
        migrations.AddField(
            model_name="outsidenumber",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="closed_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closed_of_schedules",
                to="pbx.destination",
                verbose_name="when closed",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="holiday_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holiday_of_schedules",
                to="pbx.destination",
                verbose_name="on holidays",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="open_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="open_of_schedules",
                to="pbx.destination",
                verbose_name="when open",
            ),
        ),
        migrations.AddField(
            model_name="scheduleday",
            name="schedule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="days",
                to="pbx.schedule",
            ),
        ),
        migrations.AddField(
            model_name="schedulehours",
            name="schedule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="hours",
                to="pbx.schedule",
            ),
        ),
        migrations.AddConstraint(
            model_name="huntgroupmember",
            constraint=models.UniqueConstraint(
                fields=("group", "destination"), name="group_member_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="menukey",
            constraint=models.UniqueConstraint(
                fields=("menu", "key"), name="menu_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleday",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day__gte", models.F("first_day"))),
                name="schedule_day_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closes", None), ("opens", None)),
                    ("closes__gt", models.F("opens")),
                    _connector="OR",
                ),
                name="schedule_day_hours",
            ),
        ),
        *(
            enable(table, customer="customer_id", owned=BY_CUSTOMER_ID)
            for table in NOUNS
        ),
        *(enable(table, owned=owner) for table, owner in PARTS.items()),
        *(keep_destination(table, kind) for table, kind in NOUNS.items()),
        migrations.RunSQL(NO_OVERLAP, OVERLAP),
        migrations.RunSQL(TOLD, UNTOLD),
        functions(GROUPS + MENUS + SCHEDULES + ROOMS + CODES, *NEW),
        migrations.RunSQL(ASKED, migrations.RunSQL.noop),
    ]
