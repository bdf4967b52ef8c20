"""What a phone is told: a description of the phone in, its vendor's file out.

Everything here is pure: no Django, no database, no clock. `PhoneConfig` says what a phone
shall be, `catalogue.MODELS` which phones there are, `files.render` writes the file that
one of them fetches. A family (`snom`, `yealink`, …) only names its vendor's settings;
`formats` alone puts characters into a file.
"""

from __future__ import annotations
