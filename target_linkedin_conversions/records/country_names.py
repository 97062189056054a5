"""Countries by alpha-3 code and by name, as people write them.

English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish and Danish names, each country's in its own
languages (Unicode CLDR), ISO 3166's own, and a few that everybody uses, GER and SUI among them; folded to letters and digits
without accents. A country's lines begin with its alpha-2 code.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from target_linkedin_conversions.records.codes import COUNTRIES
from target_linkedin_conversions.records.text import is_placeholder

__all__ = ["code_of_country"]

_LONGEST = 100
_BETWEEN = re.compile(r"[(),;/|]|\s[-\u2013\u2014]\s").split
"""What stands between two ways of writing one country: `Germany (DE)`, `DE - Germany`."""
_FLAG_A, _FLAG_Z = "\U0001f1e6", "\U0001f1ff"
_FLAGS = {code: code - ord(_FLAG_A) + ord("A") for code in range(ord(_FLAG_A), ord(_FLAG_Z) + 1)}
"""The letters of which flags are made."""


_APART = re.compile(r"[^\W_][\W_]+[^\W_]").search
"""Two letters with something between, as `n/a` and `s/n` say that there is no country: a code's stand together, or a point behind each."""
_AROUND = "()[]{}'\"-"
_THE = re.compile(r"\bthe\b", re.IGNORECASE).sub
"""The article, which ISO 3166 writes behind a name, `Netherlands (the)`, and people before it."""
_WITH_POINTS = re.compile(r"\W*[^\W_]\. ?[^\W_]\.?\W*").fullmatch


def code_of_country(written: str) -> str | None:
    """The ISO 3166 alpha-2 code of a code or a name, or of several of one country; None for anything else."""
    if len(written) > _LONGEST:
        return None
    if (code := _named(written)) is not None:
        return code
    codes = {_named(part) for part in _BETWEEN(written) if part.strip()}
    return codes.pop() if len(codes) == 1 else None


def _named(written: str) -> str | None:
    apart = unicodedata.normalize("NFKD", written.translate(_FLAGS))
    name = _folded(apart)
    if name.upper() in COUNTRIES and _is_code(apart):
        return name.upper()
    return (
        _by_name().get(name)
        or _by_name().get(_folded(_THE(" ", apart)).removeprefix("the"))
        or _by_name_abroad().get(name)
    )


def _folded(written: str) -> str:
    """Its letters and digits alone, whatever their case."""
    return "".join(c for c in written if c.isalnum()).casefold()


def _is_code(written: str) -> bool:
    """Whether two letters are meant as a code: `DE`, `(DE)`, `U.S.`, but not `n/a`, `N. A.` or `s/n`."""
    if not _APART(written):
        return True
    return _WITH_POINTS(written) is not None and not is_placeholder("".join(written.split()).strip(_AROUND).lower())


@cache
def _by_name() -> dict[str, str]:
    """Every way to name a country, read when the first one is asked for."""
    return _read(_NAMES)


@cache
def _by_name_abroad() -> dict[str, str]:
    from target_linkedin_conversions.records.country_names_abroad import NAMES  # noqa: PLC0415 - fewer sources still

    return _read(NAMES)


def _read(lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    code = ""
    for line in lines.strip().splitlines():
        names = line.split()
        if not line.startswith(" "):
            code = names.pop(0)
        found.update(dict.fromkeys((name.casefold() for name in names), code))
    return found


_NAMES = """
AD AND andora andorra andorre principalityofandorra
AE ARE deforenedearabiskeemirater emiradosarabesunidos emirates emiratiarabiuniti emiratosarabesunidos
  emiratsarabesunis forenadearabemiraten uae unitedarabemirates vae vereinigtearabischeemirate
  verenigdearabischeemiraten zjednoczoneemiratyarabskie الاماراتالعربيةالمتحدة
AF AFG afeganistao afganistan afghanistan islamicrepublicofafghanistan افغانستان
AG ATG antiguaandbarbuda antiguabarbuda antiguaebarbuda antiguaenbarbuda antiguaetbarbuda antiguaibarbuda
  antiguaochbarbuda antiguaogbarbuda antiguaundbarbuda antiguaybarbuda
AI AIA anguila anguilla
AL ALB albania albanie albanien republicofalbania shqiperi
AM ARM armenia armenie armenien republicofarmenia հայաստան
AO AGO angola republicofangola
AQ ATA antarctica antarctique antarktis antarktyda antartida antartide
AR ARG argentina argentine argentinerepublic argentinie argentinien argentyna
AS ASM americansamoa amerikaanssamoa amerikanischsamoa amerikanskasamoa amerikansksamoa samoaamericaines
  samoaamericana samoaamericane samoaamerykanskie
AT AUT austria autriche oesterreich oostenrijk osterreich osterrike republicofaustria østrig
AU AUS australia australie australien
AW ABW aruba
AX ALA aland alandinseln alandislands ilesaland ilhasaland islasaland isolealand wyspyalandzkie
AZ AZE aserbaidschan aserbajdsjan azerbaidjan azerbaigian azerbaijan azerbaijao azerbaiyan azerbajdzjan azerbeidzjan
  azerbejdzan azərbaycan republicofazerbaijan азәрбајҹан
BA BIH bosnaihercegovina bosnia bosniaandherzegovina bosniaederzegovina bosniaeherzegovina bosniaherzegovina
  bosniaihercegowina bosniayherzegovina bosnie bosnieenherzegovina bosnieherzegovine bosnien bosnienhercegovina
  bosnienochhercegovina bosnienundherzegowina republicofbosniaandherzegovina боснаихерцеговина
BB BRB barbade barbados
BD BGD banglades bangladesch bangladesh bangladesz peoplesrepublicofbangladesh বলদশ
BE BEL belgia belgica belgie belgien belgio belgique belgium kingdomofbelgium
BF BFA burkinafaso burquinafaso
BG BGR BUL bulgaria bulgarie bulgarien bulgarije bułgaria republicofbulgaria българия
BH BHR bahrain bahrajn bahrein barein kingdomofbahrain البحرين
BI BDI burundi republicofburundi uburundi
BJ BEN benin republicofbenin
BL BLM saintbarthelemy sanbartolome saobartolomeu stbarthelemy
BM BMU bermuda bermudas bermudes bermudy
BN BRN brunei bruneidarussalam بروني
BO BOL bolivia boliviaplurinationalstateof bolivie bolivien boliwia plurinationalstateofbolivia
BQ BES bonairesinteustatiusandsaba caraibiolandesi caribbeannetherlands caribeneerlandes caribischnederland
  detidligerenederlandskeantiller karibischeniederlande karibiskanederlanderna niderlandykaraibskie
  paisesbaixoscaribenhos paysbascaribeens
BR BRA brasil brasile brasilien brazil brazilie brazylia bresil federativerepublicofbrazil
BS BHS bahamas bahamy commonwealthofthebahamas
BT BTN bhoutan bhutan butan butao kingdomofbhutan འབག
BV BVT bouveteiland bouvetinsel bouvetisland bouveton bouvetøen ilebouvet ilhabouvet islabouvet isolabouvet
  wyspabouveta
BW BWA botsuana botswana republicofbotswana
BY BLR belarus białorus bielorrusia bielorrussia bielorussia bielorussie republicofbelarus беларусь
BZ BLZ belice belize
CA CAN canada kanada
CC CCK cocoseilanden cocoskeelingislands cocosøerne ilescocos ilhascocoskeeling islascocos isolecocoskeeling
  kokosinseln kokosoarna wyspykokosowe
CD COD congokinshasa congothedemocraticrepublicofthe democraticrepublicofthecongo demokratycznarepublikakonga drcongo
  kongokinshasa republicademocraticadelcongo
CF CAF centraalafrikaanserepubliek centralafricanrepublic centralafrikanskarepubliken dencentralafrikanskerepublik
  kodorosesetibeafrika repubblicacentrafricana republicacentroafricana republikasrodkowoafrykanska
  republiquecentrafricaine zentralafrikanischerepublik
CG COG congo congobrazzaville kongo kongobrazzaville republicadocongo republicofthecongo
CH CHE SUI schweiz schwiiz suica suisse suiza svizzera swissconfederation switzerland szwajcaria zwitserland
CI CIV costadavorio costadomarfim cotedivoire elfenbenskusten elfenbenskysten ivoorkust ivorycoast
  republicofcotedivoire
CK COK cookeilanden cookinseln cookislands cookoarna cookøerne ilescook ilhascook islascook isolecook wyspycooka
CL CHL chile chili cile republicofchile
CM CMR camaroes cameroon cameroun camerun kameroen kamerun republicofcameroon
CN CHN china chine chiny cina kina mainlandchina peoplesrepublicofchina prc 中华人民共和国 中国
CO COL colombia colombie kolumbia kolumbien republicofcolombia
CR CRI costarica kostaryka republicofcostarica
CU CUB cuba kuba republicofcuba
CV CPV caboverde capeverde capoverde capvert kaapverdie kapverde republicofcaboverde republikazielonegoprzyladka
CW CUW curacao curazao korsou
CX CXR christmaseiland christmasisland ilechristmas ilhachristmas isladenavidad isolachristmas juleøen julon
  weihnachtsinsel wyspabozegonarodzenia
CY CYP chipre chypre cipro cypern cypr cyprus kıbrıs republicofcyprus zypern κυπροσ
CZ CZE cechia ceskarepublika cesko chequia czechia czechrepublic czechy tchequia tchequie tjeckien tjekkiet tschechien
  tsjechie
DE DEU GER alemanha alemania allemagne brd deutschland duitsland federalrepublicofgermany germania germany niemcy
  tyskland
DJ DJI djibouti djibuti dschibuti dzibuti gibuti republicofdjibouti yibuti جيبوتي
DK DNK DEN danemark dania danimarca danmark denemarken denmark dinamarca kingdomofdenmark
DM DMA commonwealthofdominica dominica dominika dominique
DO DOM dendominikanskerepublik dominicaanserepubliek dominicanrepublic dominikana dominikanischerepublik
  dominikanskarepubliken repubblicadominicana republicadominicana republiquedominicaine
DZ DZA algeria algerie algerien algeriet algerije algieria argelia peoplesdemocraticrepublicofalgeria الجزاير
EC ECU ecuador ekwador equador equateur republicofecuador
EE EST eesti estland estonia estonie republicofestonia
EG EGY agypten arabrepublicofegypt egipt egipto egito egitto egypt egypte egypten مصر
EH ESH saaraocidental saharaoccidental saharaoccidentale saharazachodnia vastsahara vestsahara westelijkesahara
  westernsahara westsahara الصحراءالغربية
ER ERI eritrea eritreia erythree erytrea thestateoferitrea اريتريا ኤርትራ
ES ESP espagne espana espanha hiszpania kingdomofspain spagna spain spanien spanje
ET ETH athiopien ethiopia ethiopie etiopia etiopien federaldemocraticrepublicofethiopia ኢትዮጵያ
FI FIN finland finlande finlandia finnland republicoffinland suomi
FJ FJI fidji fidschi fidzi figi fiji fiyi republicoffiji
FK FLK falklandeilanden falklandinseln falklandislands falklandislandsmalvinas falklandsoarna falklandsøerne falklandy
  ilesmalouines ilhasmalvinas islasmalvinas isolefalkland
FM FSM federatedstatesofmicronesia micronesia micronesiafederatedstatesof micronesie mikronesien mikronezja
FO FRO faeroer faroarna faroeislands faroer færøerne føroyar ilesferoe ilhasfaroe islasferoe isolefærøer wyspyowcze
FR FRA franca france francia francja frankreich frankrig frankrijk frankrike frenchrepublic
GA GAB gabao gabon gaboneserepublic gabun
GB GBR britain england greatbritain grossbritannien northernireland regnounito reinounido royaumeuni scotland
  storbritannien uk unitedkingdom unitedkingdomofgreatbritainandnorthernireland vereinigteskonigreich
  verenigdkoninkrijk wales wielkabrytania
GD GRD granada grenada grenade
GE GEO georgia georgie georgien gruzja საქართველო
GF GUF fransguyana franskaguyana franskguyana franzosischguayana frenchguiana guayanafrancesa guianafrancesa
  gujanafrancuska guyanafrancese guyanefrancaise
GG GGY guernesey guernsey
GH GHA gana ghana republicofghana
GI GIB gibilterra gibraltar
GL GRL greenland grenlandia groenland groenlandia gronland grønland kalaallitnunaat
GM GMB gambia gambie republicofthegambia
GN GIN guine guinea guinee gwinea republicofguinea
GP GLP guadalupa guadalupe guadeloupe gwadelupa
GQ GNQ aquatorialguinea ekvatorialguinea equatoriaalguinea equatorialguinea guineaecuatorial guineaequatoriale
  guineeequatoriale guineequatorial gwinearownikowa republicofequatorialguinea ækvatorialguinea
GR GRC GRE el grece grecia grecja greece grekland griechenland griekenland grækenland hellas hellenicrepublic ελλαδα
GS SGS georgiadelsudesandwichaustrali georgiapołudniowaisandwichpołudniowy georgiedusudetlesilessandwichdusud
  ilhasgeorgiadosulesandwichdosul islasgeorgiadelsurysandwichdelsur southgeorgiaandthesouthsandwichislands
  southgeorgiaogdesydligesandwichøer southgeorgiasouthsandwichislands sudgeorgienunddiesudlichensandwichinseln
  sydgeorgienochsydsandwichoarna zuidgeorgiaenzuidelijkesandwicheilanden
GT GTM guatemala gwatemala republicofguatemala
GU GUM guam
GW GNB guineabisau guineabissau guinebissau guineebissau gwineabissau republicofguineabissau
GY GUY guiana gujana guyana republicofguyana
HK HKG hongkong hongkongraedachina hongkongsar hongkongsarchina hongkongsarvanchina
  hongkongspecialadministrativeregionofchina raedehongkongchina raschinoisedehongkong rasdihongkong sarhongkong
  sonderverwaltungsregionhongkong srahongkongchiny 中國香港特別行政區
HM HMD heardenmcdonaldeilanden heardislandandmcdonaldislands heardislandmcdonaldislands heardislandogmcdonaldislands
  heardonochmcdonaldoarna heardundmcdonaldinseln ilesheardetmacdonald ilhasheardemcdonald islasheardymcdonald
  isoleheardemcdonald wyspyheardimcdonalda
HN HND honduras republicofhonduras
HR HRV CRO chorwacja croacia croatia croatie croazia hrvatska kroatie kroatien republicofcroatia
HT HTI haiti republicofhaiti
HU HUN hongarije hongrie hungary hungria magyarorszag ungarn ungern ungheria wegry
ID IDN indonesia indonesie indonesien indonezja republicofindonesia
IE IRL eire ierland ireland irland irlanda irlande irlandia republicofireland
IL ISR israel israele izrael stateofisrael ישראל اسراييل
IM IMN ellanvannin iledeman ilhademan islademan isleofman isoladiman wyspaman
IN IND inde india indie indien republicofindia भरत
IO IOT britischesterritoriumimindischenozean britishindianoceanterritory britsindischeoceaanterritorium
  brittiskaterritorietiindiskaoceanen brytyjskieterytoriumoceanuindyjskiego detbritisketerritoriumidetindiskeocean
  territoirebritanniquedeloceanindien territoriobritanicodeloceanoindico territoriobritanicodooceanoindico
  territoriobritannicodelloceanoindiano
IQ IRQ irak iraq iraque republicofiraq العراق
IR IRN ira iran iranislamicrepublicof islamicrepublicofiran ایران
IS ISL iceland ijsland island islanda islande islandia republicoficeland
IT ITA italia italianrepublic italie italien italy włochy
JE JEY jersey
JM JAM giamaica jamaica jamaika jamaique jamajka
JO JOR giordania hashemitekingdomofjordan jordan jordania jordanie jordanien الاردن
JP JPN giappone japan japao japon japonia 日本
KE KEN kenia kenya quenia republicofkenya
KG KGZ kirghizistan kirghizstan kirgisistan kirgistan kirgizie kirgizistan kirguistan kyrgyzrepublic kyrgyzstan
  quirguistao киргизия кыргызстан
KH KHM cambodge cambodia cambodja cambogia camboja camboya kambodja kambodscha kambodza kingdomofcambodia កមពជ
KI KIR kiribati quiribati republicofkiribati
KM COM comoras comore comoren comorerne comores comoros komoren komorerna komory unionofthecomoros جزرالقمر
KN KNA saintchristopheetnieves saintkittsandnevis saintkittsenevis saintkittsennevis saintkittsinevis
  saintkittsognevis sancristobalynieves saocristovaoenevis stkittsandnevis stkittsnevis stkittsochnevis
  stkittsundnevis
KP PRK coreadelnord coreadelnorte coreedunord coreiadonorte democraticpeoplesrepublicofkorea
  koreademocraticpeoplesrepublicof koreapołnocna noordkorea nordkorea northkorea 북한 조선민주주의인민공화국
KR KOR coreadelsud coreadelsur coreedusud coreiadosul korea koreapołudniowa korearepublicof republicofkorea southkorea
  sudkorea sydkorea zuidkorea 대한민국 한국
KW KWT koeweit koweit kuwait kuwejt stateofkuwait الكويت
KY CYM caymanislands caymanoarna caymanøerne ilescaimans ilhascayman islascaiman isolecayman kaaimaneilanden
  kaimaninseln kajmany
KZ KAZ cazaquistao kasachstan kasakhstan kazachstan kazajistan kazakhstan kazakistan kazakstan republicofkazakhstan
  казахстан қазақстан
LA LAO laopeoplesdemocraticrepublic laos ລາວ
LB LBN lebaneserepublic lebanon liban libano libanon لبنان
LC LCA saintelucie saintlucia santalucia stlucia
LI LIE liachteschtai liechtenstein principalityofliechtenstein
LK LKA democraticsocialistrepublicofsrilanka srilanka இலஙக ශරලකව
LR LBR liberia republicofliberia
LS LSO kingdomoflesotho lesotho lesoto
LT LTU lietuva litauen lithuania litouwen lituania lituanie litwa republicoflithuania
LU LUX grandduchyofluxembourg letzebuerg luksemburg lussemburgo luxembourg luxemburg luxemburgo
LV LVA LAT latvia latvija letland letonia lettland lettonia lettonie republicoflatvia łotwa
LY LBY libia libie libya libye libyen ليبيا
MA MAR kingdomofmorocco maroc marocco marocko marokko maroko marrocos marruecos merruk morocco المغرب
MC MCO monaco monako principalityofmonaco
MD MDA moldavia moldavie moldavien moldova moldovarepublicof mołdawia republicamoldova republicofmoldova
  republikmoldau
ME MNE crnagora czarnogora montenegro
MF MAF saintmartin saintmartinfrenchpart sanmartin saomartinho stmartin
MG MDG madagascar madagasikara madagaskar republicofmadagascar
MH MHL ilesmarshall ilhasmarshall islasmarshall isolemarshall marshalleilanden marshallinseln marshallislands
  marshalloarna marshalløerne republicofthemarshallislands wyspymarshalla
MK MKD macedoinedunord macedonia macedoniadelnord macedoniadelnorte macedoniadonorte macedoniapołnocna noordmacedonie
  nordmakedonien nordmazedonien northmacedonia republicofnorthmacedonia севернамакедонија
ML MLI mali republicofmali
MM MMR burma mianmarbirmania mjanmabirma myanmar myanmarbirma myanmarbirmania myanmarbirmanie myanmarburma
  republicofmyanmar မနမ
MN MNG mongolei mongolia mongolie mongoliet монгол
MO MAC macao macaosar macaosarchina macaospecialadministrativeregionofchina macau macauraedachina macausarvanchina
  raedemacaochina raschinoisedemacao rasdimacao sarmacao sonderverwaltungsregionmacau sramakauchiny 中國澳門特別行政區
MP MNP commonwealthofthenorthernmarianaislands ilesmariannesdunord ilhasmarianasdonorte islasmarianasdelnorte
  isolemariannesettentrionali marianypołnocne noordelijkemarianen nordlichemarianen nordmarianerna nordmarianerne
  northernmarianaislands
MQ MTQ martinica martinique martynika
MR MRT islamicrepublicofmauritania mauretania mauretanien mauritania mauritanie موريتانيا
MS MSR montserrat
MT MLT malta malte republicofmalta
MU MUS maurice mauricio mauritius republicofmauritius
MV MDV maldivas maldive maldiven maldiverna maldiverne maldives malediven malediwy republicofmaldives ދވހރއޖ
MW MWI malaui malawi republicofmalawi
MX MEX meksyk messico mexico mexiko mexique unitedmexicanstates
MY MYS malaisie malasia malaysia maleisie malezja
MZ MOZ mocambique mosambik mozambico mozambik mozambique republicofmozambique
NA NAM namibia namibie republicofnamibia
NC NCL neukaledonien newcaledonia nieuwcaledonie nouvellecaledonie novacaledonia nowakaledonia nuevacaledonia
  nuovacaledonia nyakaledonien nykaledonien
NE NER niger republicoftheniger
NF NFK ilenorfolk ilhanorfolk islanorfolk isolanorfolk norfolk norfolkinsel norfolkisland norfolkon
NG NGA federalrepublicofnigeria naijiria nigeria
NI NIC nicaragua nikaragua republicofnicaragua
NL NLD NED holandia holland kingdomofthenetherlands nederland nederlandene nederlanderna netherlands niederlande
  paesibassi paisesbaixos paisesbajos paysbas thenetherlands
NO NOR kingdomofnorway noorwegen noreg norge noruega norvege norvegia norway norwegen norwegia
NP NPL federaldemocraticrepublicofnepal nepal नपल
NR NRU nauru republicofnauru
NU NIU niue
NZ NZL aotearoa neuseeland newzealand nieuwzeeland nouvellezelande novazelandia nowazelandia nuevazelanda nuovazelanda
  nyazeeland
OM OMN oma oman sultanateofoman عمان
PA PAN panama republicofpanama
PE PER perou peru republicofperu
PF PYF franskapolynesien franskpolynesien franspolynesie franzosischpolynesien frenchpolynesia polinesiafrancesa
  polinesiafrancese polinezjafrancuska polynesiefrancaise
PG PNG independentstateofpapuanewguinea papoeanieuwguinea papouasienouvelleguinee papuaneuguinea papuanewguinea
  papuaniugini papuanovaguine papuanowagwinea papuanuevaguinea papuanuovaguinea papuanyaguinea papuanyguinea
PH PHL filipijnen filipinas filipiny filippine filippinerna filippinerne philippinen philippines pilipinas
  republicofthephilippines
PK PAK islamicrepublicofpakistan pakistan paquistao پاکستان
PL POL poland polen pologne polonia polska republicofpoland
PM SPM saintpierreandmiquelon saintpierreemiquelon saintpierreenmiquelon saintpierreetmiquelon saintpierreimiquelon
  saintpierreogmiquelon sanpedroymiquelon saopedroemiquelao stpierremiquelon stpierreochmiquelon stpierreundmiquelon
PN PCN ilespitcairn ilhaspitcairn islaspitcairn isolepitcairn pitcairn pitcairneilanden pitcairninseln pitcairnislands
  pitcairnoarna
PR PRI portorico portoryko puertorico
PS PSE depalæstinensiskeomrader palastinensischeautonomiegebiete palestijnsegebieden palestine palestinestateof
  palestinianterritories palestinskaterritorierna territoirespalestiniens territoriospalestinos territoripalestinesi
  terytoriapalestynskie thestateofpalestine الاراضيالفلسطينية
PT PRT POR portogallo portugal portugalia portugueserepublic
PW PLW palaos palau republicofpalau
PY PRY paraguai paraguay paragwaj republicofparaguay
QA QAT catar katar qatar stateofqatar قطر
RE REU lareunion reuniao reunion riunione
RO ROU roemenie romania romenia roumanie rumania rumanien rumunia rumænien
RS SRB republicofserbia serbia serbie serbien servia servie srbija србија
RU RUS rosja rusia rusland russia russianfederation russie russland ryssland россиискаяфедерация россия
RW RWA ruanda rwanda rwandeserepublic urwanda
SA SAU arabiasaudi arabiasaudita arabiasaudyjska arabiesaoudite kingdomofsaudiarabia ksa saoediarabie saudiarabia
  saudiarabien المملكةالعربيةالسعودية
SB SLB ilessalomon ilhassalomao islassalomon isolesalomone salomonen salomonoarna salomonseilanden salomonøerne
  solomonislands wyspysalomona
SC SYC republicofseychelles seicheles seszele seychellen seychellerna seychellerne seychelles
SD SDN republicofthesudan soedan soudan sudan sudao السودان
SE SWE kingdomofsweden schweden suecia suede sverige svezia sweden szwecja zweden
SG SGP republicofsingapore singapore singapour singapur singapura சஙகபபர 新加坡
SH SHN saintehelene sainthelenaascensionandtristandacunha santaelena santahelena santelena sinthelena sthelena
  sthelenaascensiontristandacunha wyspaswietejheleny
SI SVN eslovenia republicofslovenia slovenia slovenie slovenien slovenija slowenien słowenia
SJ SJM spitsbergenenjanmayen spitzbergenundjanmayen svalbardandjanmayen svalbardejanmayen svalbardetjanmayen
  svalbardijanmayen svalbardjanmayen svalbardochjanmayen svalbardogjanmayen svalbardyjanmayen
SK SVK eslovaquia slovacchia slovakia slovakien slovakiet slovakrepublic slovaquie slovenskarepublika slovensko
  slowakei slowakije słowacja
SL SLE republicofsierraleone serraleoa sierraleona sierraleone
SM SMR republicofsanmarino saintmarin sanmarino
SN SEN republicofsenegal senegaal senegal
SO SOM federalrepublicofsomalia somalia somalie soomaaliya الصومال
SR SUR republicofsuriname surinam suriname
SS SSD republicofsouthsudan soudandusud southsudan sudandelsur sudanpołudniowy sudaodosul sudsudan sydsudan zuidsoedan
ST STP democraticrepublicofsaotomeandprincipe santotomeyprincipe saotomeandprincipe saotomeenprincipe saotomeeprincipe
  saotomeetprincipe saotomeochprincipe saotomeogprincipe saotomeprincipe saotomeundprincipe
  wyspyswietegotomaszaiksiazeca
SV SLV elsalvador republicofelsalvador salvador salwador
SX SXM saintmartinpartieneerlandaise sintmaarten sintmaartendutchpart
SY SYR siria syria syrianarabrepublic syrie syrien سوريا
SZ SWZ essuatini esuatini eswatini kingdomofeswatini swaziland
TC TCA ilesturquesetcaiques ilhasturcasecaicos islasturcasycaicos isoleturksecaicos turksandcaicosislands
  turkscaicosislands turksencaicoseilanden turksicaicos turksochcaicosoarna turksogcaicosøerne turksundcaicosinseln
TD TCD chad chade ciad czad republicofchad tchad tschad tsjaad تشاد
TF ATF defranskebesiddelseridetsydligeindiskeoceanogantarktis francuskieterytoriapołudnioweiantarktyczne
  fransegebiedenindezuidelijkeindischeoceaan franskasydterritorierna franzosischesudundantarktisgebiete
  frenchsouthernandantarcticlands frenchsouthernterritories terreaustralifrancesi terresaustralesfrancaises
  territoriosaustralesfranceses territoriosfrancesesdosul
TG TGO togo togoleserepublic
TH THA kingdomofthailand tailandia tajlandia thailand thailande thailandia ไทย
TJ TJK republicoftajikistan tadjikistan tadjiquistao tadschikistan tadsjikistan tadzjikistan tadzykistan tagikistan
  tajikistan tayikistan тоҷикистон
TK TKL tokelau tokelauoarna
TL TLS democraticrepublicoftimorleste easttimor oosttimor osttimor timorest timorleste timororiental timorwschodni
TM TKM turcomenistao turkmenistan
TN TUN republicoftunisia tunesie tunesien tunez tunezja tunisia tunisie tunisien تونس
TO TON kingdomoftonga tonga
TR TUR republicofturkiye turchia turcja turkei turkey turkiet turkije turkiye turquia turquie tyrkiet
TT TTO republicoftrinidadandtobago trinidadandtobago trinidadentobago trinidadetobago trinidadochtobago
  trinidadogtobago trinidadtobago trinidadundtobago trinidadytobago triniteettobago trynidaditobago
TV TUV tuvalu
TW TWN taiwan taiwanprovinceofchina tajwan 台灣
TZ TZA tansania tanzania tanzaniaunitedrepublicof tanzanie unitedrepublicoftanzania
UA UKR oekraine ucraina ucrania ukraina ukraine украина украіна
UG UGA oeganda ouganda republicofuganda uganda
UM UMI amerikanischeuberseeinseln amerikanskeoversøiskeøer dalekiewyspymniejszestanowzjednoczonych
  ilesmineureseloigneesdesetatsunis ilhasmenoresdistantesdoseua islasmenoresalejadasdeeeuu
  isoleminoriesternedeglistatiuniti kleineafgelegeneilandenvandeverenigdestaten unitedstatesminoroutlyingislands
  usasyttreoar usoutlyingislands
US USA america estadosunidos etatsunis stanyzjednoczone statiuniti unitedstates unitedstatesofamerica us usa
  vereinigtestaaten verenigdestaten
UY URY easternrepublicofuruguay uruguai uruguay urugwaj
UZ UZB oezbekistan ouzbekistan oʻzbekiston republicofuzbekistan usbekistan uzbekistan uzbequistao узбекистон
VA VAT cidadedovaticano cittadelvaticano ciudaddelvaticano etatdelaciteduvatican holyseevaticancitystate vaticaanstad
  vatican vaticancity vatikanstadt vatikanstaten watykan
VC VCT saintvincentandthegrenadines saintvincentegrenadine saintvincentendegrenadines saintvincentetlesgrenadines
  saintvincentigrenadyny saintvincentoggrenadinerne sanvicenteylasgranadinas saovicenteegranadinas
  stvincentandthegrenadines stvincentgrenadines stvincentochgrenadinerna stvincentthegrenadines
  stvincentunddiegrenadinen
VE VEN bolivarianrepublicofvenezuela venezuela venezuelabolivarianrepublicof wenezuela
VG VGB britischejungferninseln britishvirginislands britsemaagdeneilanden brittiskajungfruoarna
  brytyjskiewyspydziewicze debritiskejomfruøer ilesviergesbritanniques ilhasvirgensbritanicas islasvirgenesbritanicas
  isoleverginibritanniche virginislandsbritish
VI VIR amerikaansemaagdeneilanden amerikanischejungferninseln amerikanskajungfruoarna deamerikanskejomfruøer
  ilesviergesdesetatsunis ilhasvirgensamericanas islasvirgenesdeeeuu isoleverginiamericane usvirginislands
  virginislandsoftheunitedstates virginislandsus wyspydziewiczestanowzjednoczonych
VN VNM socialistrepublicofvietnam vietna vietnam wietnam
VU VUT republicofvanuatu vanuatu
WF WLF wallisandfutuna wallisefutuna wallisenfutuna wallisetfutuna wallisfutuna wallisifutuna wallisochfutunaoarna
  wallisogfutuna wallisundfutuna wallisyfutuna
WS WSM independentstateofsamoa samoa
YE YEM iemen jemen republicofyemen yemen اليمن
YT MYT majotta mayotte
ZA ZAF RSA africadosul afriquedusud republicofsouthafrica republikapołudniowejafryki southafrica sudafrica sudafrika
  sydafrika zuidafrika
ZM ZMB republicofzambia sambia zambia zambie
ZW ZWE republicofzimbabwe simbabwe zimbabue zimbabwe
"""
