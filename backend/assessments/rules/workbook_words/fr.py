"""The workbook's own words in French."""

from __future__ import annotations

from backend.assessments.rules.workbook_words.words import Words

WORDS = Words(
    start="Commencer ici",
    title="Questionnaire Para73, à remplir hors ligne",
    facts=("Organisation", "Période", "Questionnaire", "Formulaire", "Établi le", "Empreinte du questionnaire"),
    full_form="complet",
    supplier_form="formulaire pour fournisseurs",
    how_title="Comment le remplir",
    how=(
        "Chaque section du questionnaire est une feuille. Remplissez les cellules jaunes ; les autres sont "
        "verrouillées.",
        "Répondez d’une seule façon : donnez une réponse, ou mettez un x sous « Nous ne savons pas », ou dites "
        "pourquoi la question ne vous concerne pas. Laissez les deux autres cellules vides.",
        "Placez le pointeur sur une question pour lire pourquoi elle est posée et ce qui vaut preuve. « À remplir "
        "seulement si » indique quand elle vous est posée ; sinon, laissez-la vide.",
        "Enregistrez le classeur au format .xlsx et déposez-le sur la page de l’évaluation. Ce qui convient est "
        "repris ; le reste est signalé avec sa cellule. Les documents se joignent sur la page de chaque question.",
        "Une réponse que vous videz ici est effacée au dépôt. Ce que d’autres modifient entre-temps sur le site "
        "n’est pas écrasé : vous en êtes averti.",
    ),
    care_title="Attention",
    care=(
        "Ce n’est pas l’endroit où signaler des violences. Si un enfant est en danger, appelez la police. Lignes "
        "d’alerte : INHOPE (www.inhope.org) et Child Helpline International (childhelplineinternational.org).",
        "Ne nommez nulle part un enfant ou une victime et ne décrivez aucun cas. Il s’agit de politiques et de "
        "pratiques.",
    ),
    legend_title="Couleurs",
    legend=("à remplir", "verrouillé : à lire", "pas pour cette question"),
    sheets_title="Feuilles",
    question_count="{count} questions",
    notices_title="Avant de commencer",
    columns=(
        "N°",
        "Question",
        "À propos de la question",
        "Réponse",
        "Unité",
        "Nous ne savons pas (x)",
        "Ne nous concerne pas, parce que",
        "Remarque pour qui lira ceci",
    ),
    sheet_hint="Remplissez les cellules jaunes. Ne nommez ni enfant ni victime et ne décrivez aucun cas.",
    critical="Critique",
    evidence_required="Preuve nécessaire",
    evidence_suggested="Preuve utile",
    not_scored="Sans points",
    may_stay_open="Peut rester vide",
    applies_to_all="Concerne tout le monde",
    taken_from="Repris de {period} : à confirmer sur le site",
    english_only="Pas encore traduit : en anglais",
    choose="Choisissez dans la liste.",
    tick="Mettez un x à côté de tout ce qui convient.",
    alone="seul, sans aucun autre",
    percent="Un pourcentage de 0 à 100 avec deux décimales au plus, par exemple 82,5.",
    number="Un nombre de 0 ou plus avec quatre décimales au plus.",
    date="Une date qui n’est pas dans l’avenir, par exemple 2026-03-31.",
    text="Avec vos propres mots, 5 000 caractères au plus.",
    does_not_fit="Cela ne convient pas",
    mark="Mettez un x ou laissez la cellule vide.",
    reason="Dites pourquoi, en 10 à 2 000 caractères.",
    note="5 000 caractères au plus. Ne nommez ni enfant ni victime et ne décrivez aucun cas.",
    examples="Preuves, par exemple : {examples}.",
    law="Droit : {text} Vérifié le {day}.",
    only_if="À remplir seulement si {condition}.",
    and_="et",
    or_="ou",
    not_="non ({condition})",
    is_="{question} est {label}",
    is_not="{question} n’est pas {label}",
    includes="{question} comprend {label}",
    includes_one="{question} comprend l’un de ces choix : {labels}",
    at_least="{question} vaut au moins {label}",
    at_most="{question} vaut au plus {label}",
    answered="{question} a une réponse",
    not_answered="{question} n’a pas de réponse",
    units={
        "h": "heures",
        "d": "jours",
        "min": "minutes",
        "months": "mois",
        "years": "ans",
        "people": "personnes",
        "people/yr": "personnes dans l’année",
        "currency/yr": "votre monnaie, pour l’année",
        "destinations": "destinations",
        "reports a year": "signalements dans l’année",
        "suspicions a year": "soupçons dans l’année",
        "drills a year": "exercices dans l’année",
    },
)
