"""Voicemail boxes and their messages, pieces of music; what Asterisk is told of them.

The PIN stays out of our tables: it is `asterisk.voicemail.password`, which Asterisk may
change (one column), checked by a constraint and written into the audit log by a trigger.
"""

# ruff: noqa: S608 - only our own words stand in the SQL
from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import pbx_console.pbx.models.destinations
import pbx_console.pbx.models.extensions
import pbx_console.pbx.models.voicemail_boxes
from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable
from pbx_console.pbx.ddl import SAFE, functions, keep_destination

BY_BOX = "box_id IN (SELECT id FROM pbx_voicemailbox)"
BY_MUSIC = "music_id IN (SELECT id FROM pbx_musicclass)"

KEEP = f"""
CREATE FUNCTION pbx_keep_voicemail() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM asterisk.voicemail WHERE uniqueid = OLD.id;
    RETURN OLD;
  END IF;
  INSERT INTO asterisk.voicemail
    (uniqueid, context, mailbox, fullname, language, tz, maxsecs)
  SELECT NEW.id, c.code, coalesce(NEW.extension_id::text, 's' || NEW.id), NEW.name,
         coalesce(nullif(NEW.language, ''), c.language), c.timezone, NEW.max_seconds
    FROM accounts_customer c WHERE c.id = NEW.customer_id
  ON CONFLICT (uniqueid) DO UPDATE
    SET context = excluded.context, mailbox = excluded.mailbox,
        fullname = excluded.fullname, language = excluded.language, tz = excluded.tz,
        maxsecs = excluded.maxsecs;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_voicemail AFTER INSERT OR UPDATE OR DELETE ON pbx_voicemailbox
  FOR EACH ROW EXECUTE FUNCTION pbx_keep_voicemail();

-- A person changed the PIN at the phone: the log says so, never which.
CREATE FUNCTION pbx_note_pin() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
BEGIN
  IF session_user = 'pbx_asterisk' THEN
    INSERT INTO accounts_auditentry (at, actor_name, actor_level, acted_as, customer_id,
      reseller_id, verb, object_type, object_key, object_label, before, after)
    SELECT now(), 'telephone', 'system', '', b.customer_id, c.reseller_id,
           'voicemailbox.pin_changed', 'voicemailbox', b.id::text, b.name,
           '{{}}'::jsonb, '{{}}'::jsonb
      FROM pbx_voicemailbox b JOIN accounts_customer c ON c.id = b.customer_id
     WHERE b.id = NEW.uniqueid;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER note_pin AFTER UPDATE OF password ON asterisk.voicemail
  FOR EACH ROW WHEN (OLD.password IS DISTINCT FROM NEW.password)
  EXECUTE FUNCTION pbx_note_pin();

-- The music of a class, and under the customer's code that of everybody on hold.
CREATE FUNCTION pbx_keep_music() RETURNS trigger LANGUAGE plpgsql {SAFE} AS $$
DECLARE
  code text;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM asterisk.musiconhold WHERE directory = 'music/m' || OLD.id;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  SELECT c.code INTO code FROM accounts_customer c WHERE c.id = NEW.customer_id;
  INSERT INTO asterisk.musiconhold (name, directory)
  SELECT name, 'music/m' || NEW.id
    FROM unnest(ARRAY['m' || NEW.id, CASE WHEN NEW.is_default THEN code END]) name
   WHERE name IS NOT NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_music AFTER INSERT OR UPDATE OR DELETE ON pbx_musicclass
  FOR EACH ROW EXECUTE FUNCTION pbx_keep_music();
"""
NOT_KEPT = """
DROP TRIGGER keep_music ON pbx_musicclass;
DROP FUNCTION pbx_keep_music();
DROP TRIGGER note_pin ON asterisk.voicemail;
DROP FUNCTION pbx_note_pin();
DROP TRIGGER keep_voicemail ON pbx_voicemailbox;
DROP FUNCTION pbx_keep_voicemail();
"""
# Rows that were there before: boxes and music by the triggers, phones here.
FILL = """
SET LOCAL pbx.scope = 'everyone';
INSERT INTO asterisk.musiconhold (name, directory)
  SELECT 'm' || id, 'music/m' || id FROM pbx_musicclass;
UPDATE asterisk.ps_endpoints p
   SET mailboxes = e.id || '@' || c.code, moh_suggest = c.code
  FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
 WHERE p.tenantid = c.code AND p.accountcode = e.number AND p.context = 'from-extension';
RESET pbx.scope;
"""

STEPS = """
-- Leave a message. `target` is the box in Asterisk's words, `sound` a greeting from the
-- console, `x1` its directory below the spool (what was recorded by phone lies there).
CREATE FUNCTION asterisk.step_voicemail(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  box record;
BEGIN
  SELECT v.mailbox, v.context, b.number, b.language, p.digest INTO box
    FROM pbx_voicemailbox b JOIN asterisk.voicemail v ON v.uniqueid = b.id
    LEFT JOIN pbx_prompt p ON p.id = b.greeting_id AND p.digest <> ''
   WHERE b.id = object AND b.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.action := 'voicemail';
  answer.target := box.mailbox || '@' || box.context;
  answer.x1 := box.context || '/' || box.mailbox;
  answer.sound := 'prompts/' || box.digest;
  answer.language := coalesce(nullif(box.language, ''), answer.language);
  RETURN answer;
END $$;

-- Listen to one box: the messages of `box`, with its PIN. With `asked` the box must have
-- one, because anybody can be at the phone.
CREATE FUNCTION asterisk.open_voicemail(answer asterisk.route, box bigint, asked boolean)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  opened record;
BEGIN
  SELECT v.mailbox, v.context, v.language, v.password INTO opened
    FROM asterisk.voicemail v
   WHERE v.uniqueid = box AND v.context = answer.tenantid;
  IF NOT FOUND OR (asked AND opened.password = '') THEN
    answer.action := 'voicemail-none';
    RETURN answer;
  END IF;
  answer.action := 'voicemail-open';
  answer.target := opened.mailbox || '@' || opened.context;
  answer.language := coalesce(opened.language, answer.language);
  RETURN answer;
END $$;

-- *97: the own box of the extension.
CREATE FUNCTION asterisk.code_97(answer asterisk.route, customer bigint,
  extension bigint, rest text)
RETURNS asterisk.route LANGUAGE sql STABLE @SAFE AS $$
  SELECT r.* FROM asterisk.open_voicemail(answer, (
    SELECT b.id FROM pbx_voicemailbox b
     WHERE b.extension_id = extension AND b.customer_id = customer AND rest = ''),
    false) r
$$;

-- *98: ask which box. *98 and a number: the shared box of that number, or the own box of
-- that extension; always with its PIN.
CREATE FUNCTION asterisk.code_98(answer asterisk.route, customer bigint,
  extension bigint, rest text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  IF rest = '' THEN
    answer.action := 'voicemail-ask';
    RETURN answer;
  END IF;
  RETURN asterisk.open_voicemail(answer, (
    SELECT b.id FROM pbx_voicemailbox b LEFT JOIN pbx_extension e ON e.id = b.extension_id
     WHERE b.customer_id = customer AND coalesce(e.number, b.number) = rest
     LIMIT 1), true);
END $$;
"""
SIGNATURE = "(asterisk.route, bigint, bigint, text, timestamptz)"
CODE = "(asterisk.route, bigint, bigint, text)"


def _id() -> models.BigAutoField:  # type: ignore[type-arg]
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [("pbx", "0008_phones"), ("asterisk", "0006_voicemail")]

    operations = [
        migrations.AddField(
            "musicclass",
            "is_default",
            models.BooleanField(
                default=False,
                help_text="Played wherever nothing else was chosen.",
                verbose_name="for everybody who is on hold",
            ),
        ),
        migrations.AddConstraint(
            "musicclass",
            models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("customer",),
                name="music_one_default",
            ),
        ),
        migrations.CreateModel(
            name="MusicTrack",
            fields=[
                ("id", _id()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("data", models.BinaryField(default=b"")),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "seconds",
                    models.DecimalField(
                        decimal_places=1, default=0, editable=False, max_digits=6
                    ),
                ),
                (
                    "music",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracks",
                        to="pbx.musicclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece of music",
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="VoicemailBox",
            fields=[
                ("id", _id()),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "Colleagues dial it. Empty: it is reached through others"
                            " only."
                        ),
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
                    "mail_to",
                    models.CharField(
                        blank=True,
                        help_text=(
                            "Who is told of new messages. Several with commas between"
                            " them."
                        ),
                        max_length=400,
                        validators=[
                            pbx_console.pbx.models.voicemail_boxes.validate_addresses
                        ],
                        verbose_name="mail to",
                    ),
                ),
                (
                    "mail_as",
                    models.CharField(
                        choices=[
                            ("link", "with a link"),
                            ("attached", "with the recording attached"),
                        ],
                        default="link",
                        max_length=8,
                        verbose_name="mail",
                    ),
                ),
                (
                    "delete_after_mail",
                    models.BooleanField(
                        default=False,
                        help_text=(
                            "Only with the recording attached, and only once the mail"
                            " left."
                        ),
                        verbose_name="delete after the mail",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("de", "German"),
                            ("en", "English"),
                            ("nl", "Dutch"),
                        ],
                        help_text=("Of the spoken guidance. Empty: the customer's."),
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "max_seconds",
                    models.PositiveSmallIntegerField(
                        default=180,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="longest message (s)",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="accounts.customer",
                    ),
                ),
                (
                    "extension",
                    models.OneToOneField(
                        blank=True,
                        help_text="Whose own box it is. Empty: a shared box.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voicemail_box",
                        to="pbx.extension",
                        verbose_name="extension",
                    ),
                ),
                (
                    "greeting",
                    models.ForeignKey(
                        blank=True,
                        help_text=(
                            "Empty: what was recorded by phone, else a neutral text."
                        ),
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voicemail_boxes",
                        to="pbx.prompt",
                        verbose_name="greeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "voicemail box",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VoicemailMessage",
            fields=[
                ("id", _id()),
                ("message_id", models.CharField(max_length=80)),
                ("folder", models.CharField(max_length=12)),
                ("is_new", models.BooleanField(default=True)),
                ("caller_number", models.CharField(blank=True, max_length=40)),
                ("caller_name", models.CharField(blank=True, max_length=80)),
                ("left_at", models.DateTimeField()),
                ("seconds", models.PositiveIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="pbx.voicemailbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "voicemail message",
                "ordering": ("-left_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("box", "message_id"), name="voicemail_message_once"
                    )
                ],
            },
        ),
        enable("pbx_musictrack", owned=BY_MUSIC),
        enable("pbx_voicemailbox", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_voicemailmessage", owned=BY_BOX),
        keep_destination("pbx_voicemailbox", "voicemail"),
        migrations.RunSQL(KEEP, NOT_KEPT),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        functions(
            STEPS,
            f"step_voicemail{SIGNATURE}",
            "open_voicemail(asterisk.route, bigint, boolean)",
            f"code_97{CODE}",
            f"code_98{CODE}",
        ),
    ]
