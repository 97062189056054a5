"""Recognises addresses of roles (`info@`, `sales@`) by the part before the @."""

from __future__ import annotations

import re

__all__ = ["FIRST_LETTERS", "is_role"]

_ROLES = frozenset(
    """
    abo abuse accounting accounts accueil admin administrator admins alerts anfrage anfragen auftrag bestellung bestellungen
    bewerbung bewerbungen billing booking bookings buchhaltung career careers comercial commercial company compliance contact
    contactus corporate customer customercare customers customerservice customersupport datenschutz direction dispatch
    donotreply dpo edv editor editorial einkauf empfang enquiries enquiry events feedback finance finanzen ftp gdpr
    geschaeftsleitung hallo hello help helpdesk hi hostmaster hr humanresources info information inquiries inquiry
    investors invoice invoices it itsupport jobs karriere kontakt kundenbetreuung kundendienst kundenservice legal logistics
    mail mailerdaemon marketing media membership news newsletter nobody noc noreply notification notifications office
    operations ops order orders partner partners partnerships payments payroll personal personalabteilung post postmaster
    poststelle pr press presse privacy procurement purchase purchasing reception rechnung rechnungen recruiting recruitment
    export exports import imports leads ceo cfo cto
    redaktion registration reklamation reservation reservations returns rezeption root sales secretariat secretary security
    sekretariat service shipping shop spam staff store subscribe support sysadmin team tech techsupport unsubscribe
    usenet verkauf versand vertrieb verwaltung warehouse web webmaster website welcome werkstatt www zentrale büro buero

    administracion atencion atencionalcliente ayuda clientes compras comunicacion contabilidad contacto direccion empleo
    facturacion facturas gerencia hola logistica pedidos prensa recepcion reservas rrhh secretaria servicio soporte tienda ventas

    administrativo atendimento contato diretoria faturamento financeiro loja ouvidoria recepcao sac suporte vendas

    achat achats agence bonjour boutique commande commandes compta comptabilite communication emploi facturation
    recrutement rh sav secretaire serviceclient serviceclients siege technique vente ventes

    acquisti amministrazione assistenza commerciale contatti contatto direzione fatturazione fatture informazioni ordini
    prenotazioni risorseumane segreteria supporto ufficio ufficiostampa vendite

    administratie bestellingen boekhouding facturen inkoop klantenservice receptie secretariaat vacatures verkoop welkom

    bestilling ekonomi faktura firmapost forsaljning kontor kundeservice kundservice okonomi postmottak regnskab regnskap salg
    asiakaspalvelu laskutus myynti rekry tilaukset toimisto

    biuro faktury handlowy kadry ksiegowosc obsluga reklamacje rekrutacja serwis sklep sprzedaz zamowienia
    fakturace objednavky obchod podpora recepce uctarna ertekesites iroda penzugy szamla titkarsag ugyfelszolgalat
    all alert bounce bounces daemon everyone group list lists member members system updates
    naoresponda naoresponder noresponda noresponder nepasrepondre nerepondezpas nichtantworten nietantwoorden nonrispondere
    comenzi contabilitate vanzari bilgi destek iletisim muhasebe satis buh otdel prodazhi sekretar zakaz
    """.split()  # noqa: SIM905 - a list of so many would fill the page
)
"""Without the marks that people put between words, `do-not-reply`, `no_reply`; in the languages that forms are filled in."""
_WHERE = frozenset(
    """
    apac at au be benelux ca ch cn dach de dk emea es eu fr ie in it jp latam nl no pl se uk us usa
    """.split()  # noqa: SIM905 - the same
)
"""Where the role is: `sales-uk`, `info.de`."""
_FEWEST_LETTERS, _MOST_DIGITS = 4, 2
"""Of a role with its number: `info1`; the digits of a person's may be a year."""
_BEHIND_TWO = "-_.+"
"""What may stand behind the first two letters of a role, and is no part of it."""
FIRST_LETTERS = frozenset({role[:3] for role in _ROLES} | {role[:2] + mark for role in _ROLES for mark in _BEHIND_TWO})
"""The first three characters of the mailboxes of roles: those of most people are others, and this is asked first, at the least cost."""
_PARTS = re.compile(r"[^-_.]+").findall
_NO_MARKS = str.maketrans("", "", "-_.")


def is_role(local: str) -> bool:
    """Whether a role has the mailbox of this name in lower case, whatever tag, number or country stands behind it."""
    if local[:3] not in FIRST_LETTERS:
        return False
    name = local.partition("+")[0]
    if local in _ROLES or name.translate(_NO_MARKS) in _ROLES:
        return True
    role = name.rstrip("0123456789")
    if len(name) - len(role) in range(1, _MOST_DIGITS + 1):
        return len(role) >= _FEWEST_LETTERS and role.rstrip("-_.") in _ROLES
    first, *others = _PARTS(name)
    return bool(others) and first in _ROLES and all(part in _ROLES or part in _WHERE for part in others)
