"""Columns whose name means a field and whose values look like it; and every name that a field goes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.labels import Label, names, rank
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.guessing.samples import ColumnSample
from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME, LOOK_USEFUL
from target_linkedin_conversions.records.staff_columns import is_staff_column

__all__ = ["MOSTLY", "Columns", "Labels", "candidates", "names_of"]

Columns = Mapping[str, ColumnSample]
Labels = Mapping[str, Label]

MOSTLY = 0.5
"""The part of a column's values from which on they look like something."""
_MORE_NAMES = {
    "email": names(
        "emails emailaddresse emailadresse mail mailadresse contactemail courriel correo emailadres correoelectronico adressemail courrielelectronique indirizzoemail enderecodeemail"
    ),
    "li_fat_id": names("liclickid linkedinclickid firsturl landingsite landingpageurl conversionpage pageurl"),
    "first_name": names("vorname forename prenom nombre first fname givenname voornaam"),
    "last_name": names("nachname familienname zuname last lname nom apellido apellidos secondname achternaam cognome"),
    "full_name": names(
        "contact contactname primarycontact customername personname kundenname ansprechpartner displayname vorundnachname vornameundnachname nachnameundvorname firstandlastname"
    ),
    "company": names("""
        companyname accountname associatedcompany associatedcompanyname potentialcustomer accounts companies companyoraccount organization organisation organizationname organisationname orgname firma firmenname
        unternehmen unternehmensname namedesunternehmens employer arbeitgeber entreprise societe empresa account
        companyaccount accountcompany bedrijf bedrijfsnaam azienda nomdelentreprise nombredelaempresa
    """),
    "title": names(
        "jobtitle designation occupation fonction puesto cargo poste position jobposition berufsbezeichnung stellenbezeichnung jobbezeichnung jobtitel funktion jobfunction"
    ),
    "country": names("""
        countrycode countryiso countryiso2 countryname countryregion ipcountry geocountry land laendercode pays pais
        landregion paysregion paisregion paisregiao landregio paeseregione
    """),
    "external_id": names("externalid customerid userid contactid personid leadid kundennummer kundennr"),
    "lead": names("linkedinleadid leadgenformresponse linkedinleadgenformresponse leadgenresponseid"),
}
"""Plain names beside those that the mapping knows, as CRMs write them in English, German, French, Spanish, Dutch and Italian."""
_VAGUE = frozenset({"name", "title", "value"})
"""Names that many other things have, which count behind all others."""


def names_of(field: str) -> tuple[str, ...]:
    """Every plain name of a field, the best first; those by which the mapping finds it or hints at it come before ours."""
    known = [folded_name(name) for name in (*FOUND_BY_NAME.get(field, ()), *LOOK_USEFUL.get(field, ()))]
    sure = (name for name in known if name not in _VAGUE)
    return tuple(dict.fromkeys([*sure, *_MORE_NAMES.get(field, ()), *in_other_languages(field), *known]))


def candidates(
    columns: Columns, labels: Labels, field: str, question: Callable[[object], bool], *, unseen: bool = False
) -> tuple[str, ...]:
    """Columns of a field, the best name first; with `unseen` also those of which no value was seen."""
    wanted, found = names_of(field), []
    for order, (path, sample) in enumerate(columns.items()):
        at = rank(labels[path], wanted)
        if at is None or path.endswith("[]") or is_staff_column(path):
            continue
        if looks.share(sample.values, question) >= MOSTLY or (unseen and not sample.values):
            found.append((at + 2 * labels[path].depth, not sample.filled, order, path))
    return tuple(path for *_, path in sorted(found))
