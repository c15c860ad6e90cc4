"""A condition in the words of a respondent: the question's id with the label of what was chosen, never its id."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from backend.assessments.rules.workbook_words import WORDS, Words
from backend.sectors.rules.languages import in_language
from backend.sectors.rules.questionnaire import All, AnyOf, Asks, Comparison, Condition, Not, Question


def condition_words(condition: Condition, questions: Mapping[str, Question], language: str) -> str:
    """Return the condition as it stands behind "Answer only if"."""
    return _Speaker(questions, language, WORDS[language]).whole(condition)


class _Speaker:
    def __init__(self, questions: Mapping[str, Question], language: str, words: Words) -> None:
        self.questions, self.language, self.words = questions, language, words

    def whole(self, condition: Condition) -> str:
        match condition:
            case All(parts):
                return f" {self.words.and_} ".join(self._part(part) for part in parts)
            case AnyOf(parts):
                return f" {self.words.or_} ".join(self._alternatives(parts))
            case Not(Asks(question, Comparison.EQUALS, operand)):
                return self.words.is_not.format(question=question, label=self._label(question, operand))
            case Not(part):
                return self.words.not_.format(condition=self.whole(part))
            case Asks():
                return self._test(condition)

    def _part(self, condition: Condition) -> str:
        text = self.whole(condition)
        return f"({text})" if isinstance(condition, All | AnyOf) else text

    def _alternatives(self, parts: tuple[Condition, ...]) -> list[str]:
        """Return the parts, with the many choices of one question drawn together."""
        choices: dict[str, list[str]] = {}
        for part in parts:
            if isinstance(part, Asks) and part.test is Comparison.INCLUDES:
                choices.setdefault(part.question, []).append(self._label(part.question, part.operand))
        spoken: list[str] = []
        for part in parts:
            text = self._part(part)
            if isinstance(part, Asks) and part.test is Comparison.INCLUDES and len(choices[part.question]) > 1:
                labels = ", ".join(choices[part.question])
                text = self.words.includes_one.format(question=part.question, labels=labels)
            if text not in spoken:
                spoken.append(text)
        return spoken

    def _test(self, asks: Asks) -> str:
        if asks.test is Comparison.ANSWERED:
            return (self.words.answered if asks.operand else self.words.not_answered).format(question=asks.question)
        pattern = {
            Comparison.EQUALS: self.words.is_,
            Comparison.INCLUDES: self.words.includes,
            Comparison.AT_LEAST: self.words.at_least,
            Comparison.AT_MOST: self.words.at_most,
        }[asks.test]
        return pattern.format(question=asks.question, label=self._label(asks.question, asks.operand))

    def _label(self, question_id: str, operand: str | Fraction | bool) -> str:
        question = self.questions.get(question_id)
        for option in question.options if question is not None else ():
            if option.id == operand:
                return f"“{in_language(option.label, self.language).text}”"
        if isinstance(operand, Fraction) and operand.denominator != 1:
            return format(float(operand), ".4g")
        return str(operand)
