"""The parts of an article's address; imported by every urls.py that uses them."""

from datetime import date

from django.urls import register_converter


class DayConverter:
    """2012/12/20, a day that exists."""

    regex = "[0-9]{4}/[0-9]{2}/[0-9]{2}"

    def to_python(self, value: str) -> date:
        year, month, day = value.split("/")
        return date(int(year), int(month), int(day))

    def to_url(self, value: date) -> str:
        return f"{value:%Y/%m/%d}" if value.year > 999 else f"{value.year:04}/{value:%m/%d}"


class WordsConverter:
    """Letters and digits of any script, hyphens and underscores."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DayConverter, "date")
register_converter(WordsConverter, "words")
