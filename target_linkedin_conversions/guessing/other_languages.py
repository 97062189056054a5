"""What columns and answers are called where CRMs are not in English: names by what they mean, compared as `labels.words_of` writes them."""

from __future__ import annotations

from target_linkedin_conversions.guessing.labels import names, words_of

__all__ = ["in_other_languages"]

_NAMES = {
    "first_name": """
        nome primeironome prenume imię imiękontaktu jméno křestníjméno fornavn förnamn etunimi ad adı isim keresztnév utónév
        имя имяконтакта όνομα 名 下の名前 名字 이름
    """,
    "last_name": """
        nomdefamille nomcontact apellidos primerapellido sobrenome apelido ultimonome nazwisko příjmení etternavn efternavn efternamn
        sukunimi soyad soyadı soyisim vezetéknév фамилия фамилияконтакта επώνυμο 姓 苗字 姓氏 성
    """,
    "full_name": """
        nomcomplet nometprenom prénometnom nombrecompleto nombreyapellidos nomecompleto nomeecognome volledigenaam contactpersoon
        imięinazwisko celéjméno jménoapříjmení navn namn nimi adsoyad adısoyadı фио полноеимя ονοματεπώνυμο teljesnév 氏名 お名前 名前
        姓名 성명
    """,
    "company": """
        raisonsociale nomdelasociété nomentreprise razónsocial nombreempresa nomeempresa nomedaempresa companhia ragionesociale
        nomeazienda organisatie nazwafirmy spółka společnost názevfirmy virksomhed virksomhet bedrift företag företagsnamn yritys
        şirket şirketadı компания организация названиекомпании εταιρεία cég cégnév 会社名 会社 企業名 公司 公司名称 회사 회사명
    """,
    "title": """
        intituléduposte qualifica ruolo functie functietitel stanowisko pozice funkce stilling befattning titel tehtävänimike
        ünvan pozisyon должность θέση beosztás 役職 役職名 职位 职务 직책 직함
    """,
    "country": """
        paese nazione kraj země maa ülke страна χώρα ország 国 国名 国地域 国家 国家地区 국가 국가지역
    """,
    "value": """
        valeur montanttotal montantttc importetotal valortotal valore waarde wartość wartośćtransakcji kwota hodnota částka beløb belopp värde
        ordervärde summa arvo tutar değer összeg érték сумма суммасделки стоимость ποσό αξία 金額 受注金額 金额 成交金额 금액
    """,
    "currency": """
        monnaie divisa moeda waluta měna valuutta parabirimi pénznem валюта νόμισμα 通貨 币种 货币 통화
    """,
    "converted": """
        gagnéle gagnéele datedegagné datedevente datedesignature datedeconclusion datederéalisation ganadoel fechadeventa fechadefirma
        fechadeganancia vintoil datadivincita datadivendita datadiacquisto datadifirma ganhoem datadeganho datadavenda datadacompra
        verkochtop datawygranej datasprzedaży datazakupu datapłatności datakonwersji datapodpisania datumvýhry datumprodeje
        datumkonverze vunnendatum köpdatum vundetdato købsdato kjøpsdato salgsdato kazanılmatarihi satıştarihi dönüşümtarihi ödemetarihi
        датаконверсии датапродажи датаоплаты датапокупки датавыигрыша ημερομηνίααγοράς vásárlásdátuma 成約日 成約日時 受注日 購入日 購入日時
        契約日 申込日 申込日時 成交日期 成交时间 转化时间 购买日期 계약일 구매일 전환일
    """,
    "closed": """
        dateclôture clôturéle fechadecerrado cerradoel cerradael datachiusura chiusoil datafechamento fechadoem geslotenop
        datazamknięcia zamkniętodnia datumuzavření uzavřenodne avslutsdatum stängdatum afslutningsdato lukkedato sluttdato päätöspäivä
        kapanıştarihi lezárásdátuma датазавершения датазакрытия ημερομηνίακλεισίματος 完了予定日 完了日 クローズ日 结束日期 关闭日期 종료일 마감일
    """,
    "time": """
        tarih dátum dato päivämäärä tidsstämpel tidspunkt sygnaturaczasowa časovérazítko дата датаивремя отметкавремени ημερομηνία
        日付 日時 タイムスタンプ 日期 时间 날짜 일시
    """,
    "created": """
        crééle datecréation creadoel fechacreación creatoil datacreazione criadoem datacriação gemaaktop datautworzenia utworzono dodano
        datumvytvoření vytvořeno skapad skapaddatum oprettet oprettelsesdato opprettet luotu oluşturulmatarihi létrehozásdátuma
        датасоздания создан создано 作成日 作成日時 登録日 登録日時 创建日期 创建时间 생성일 등록일
    """,
    "consent": """
        zgoda zgodamarketingowa souhlas samtycke samtykke suostumus izin onay reklamizni согласие согласиенарекламу συγκατάθεση
        hozzájárulás consentimento 同意 広告同意 マーケティング同意 广告同意 동의 마케팅동의 광고동의
    """,
    "stage": """
        étape étapedelaffaire étapedelatransaction statut statutdelaffaire statutdulead etapa etapadelnegocio etapadeltrato fasedeltrato
        fasedelnegocio estado estadodelnegocio etapadonegócio fasedonegócio situação fase fasetrattativa fasedellatrattativa stato stadio
        dealfase etap etapsprzedaży statustransakcji fáze stav fázeobchodu steg affärsstatus fas trinn vaihe tila aşama durum satışaşaması szakasz állapot
        этап этапсделки стадия стадиясделки статус статуссделки στάδιο κατάσταση ステージ フェーズ ステータス 商談フェーズ 阶段 状态 销售阶段 단계 상태
    """,
    "won": """
        gagné gagnée gagnés signé signée vendu vendue payé payée conclu conclue ganado ganada vendido pagado pagada vinto vinta venduto
        pagato ganho ganha fechadoganho pago paga betaald wygrana wygrane wygrany opłacone zapłacone vyhráno vyhraný zaplaceno vunnet vunnen
        vunnit vundet betalt betald voitettu maksettu kazanıldı ödendi megnyert fizetve выиграна выигран успешнореализовано оплачен
        оплачено κερδισμένη 成約 受注 契約済み 支払済み 成交 赢单 已成交 已付款 계약완료 수주 결제완료
    """,
    "lost": """
        perdu perdue perdus perdido perdida perso persa przegrana przegrane utracona prohráno ztraceno tapt förlorad tabt hävitty
        kaybedildi elvesztett проиграна проигран потеряна отказ закрытоинереализовано нереализовано χαμένη 失注 丢单 输单 실주
        annulé annulée cancelado cancelada annullato annullata geannuleerd anulowane zrušeno avbruten avlyst annulleret peruttu iptal
        отменен отменено キャンセル 已取消 취소
    """,
    "key": """
        numéro numéroaffaire númerodetrato códigocliente númerodopedido numerzamówienia idzamówienia nrzamówienia nrklienta číslo
        čísloobjednávky ordrenummer kundenummer ordernr kundnummer tilausnumero siparişno номер номерзаказа номерсделки кодклиента
        αριθμός 番号 注文番号 顧客番号 会員番号 商談番号 编号 订单号 客户编号 번호 주문번호 고객번호
    """,
    "yes": "igen evet kyllä ano áno da да ναι はい 同意 是 예 네 동의",
    "no": "não nao ei ne hayır nem нет όχι いいえ 否 不同意 아니오 nu",
}


def in_other_languages(meaning: str) -> tuple[str, ...]:
    """The plain names of a field, of `converted`, `closed`, `time`, `created` and `stage` columns, of a `key`, or words for an answer or a stage."""
    return tuple("".join(words_of(name)) for name in names(_NAMES[meaning])) if meaning in _NAMES else ()
