"""datatrove's own answers: oracle.py CORPUS.jsonl ANSWERS.jsonl, run by an environment that has it."""
import json
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
from loguru import logger

logger.remove()
from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.utils.text import split_into_sentences, split_into_words

FILTERS = {"gopher_repetition": GopherRepetitionFilter(), "gopher_quality": GopherQualityFilter(),
           "c4": C4QualityFilter(), "fineweb": FineWebQualityFilter()}


def citations_removed(line):
    from datatrove.pipeline.filters.c4_filters import CITATION_REGEX
    return CITATION_REGEX.sub("", line.strip())


def answer(record):
    text = record["text"]
    out = {"id": record["id"], "words": list(split_into_words(text)),
           "sentences": [len(split_into_sentences(citations_removed(line))) for line in text.splitlines()], "decisions": {}}
    for name, each in FILTERS.items():
        result = each.filter(Document(text=text, id=record["id"], metadata={}))
        kept, reason = result if isinstance(result, tuple) else (result, None)
        out["decisions"][name] = "" if kept else reason
    return out


with open(sys.argv[1], encoding="utf-8") as corpus, open(sys.argv[2], "w", encoding="utf-8") as answers:
    for line in corpus:
        answers.write(json.dumps(answer(json.loads(line)), ensure_ascii=False) + "\n")
