"""The questionnaires: the library of published modules, and their publication."""

from backend.sectors.service.modules import (
    CORE,
    available_sectors,
    compile_library,
    current_modules,
    current_references,
    get_module,
    get_questionnaire,
    library,
    newest_of,
    version_key,
)
from backend.sectors.service.publishing import Published, publish_library

__all__ = [
    "CORE",
    "Published",
    "available_sectors",
    "compile_library",
    "current_modules",
    "current_references",
    "get_module",
    "get_questionnaire",
    "library",
    "newest_of",
    "publish_library",
    "version_key",
]
