#include "data/text/english_exceptions.h"

#include <initializer_list>
#include <string>
#include <unordered_map>

namespace fulcrum::data::text {

namespace {

using Parts = std::initializer_list<std::string>;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string capital(std::string word) {
  if (word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view word) const {
    return std::hash<std::string_view>{}(word);
  }
};

class Exceptions {
 public:
  Exceptions() {
    pronouns();
    question_words();
    verbs();
    clipped_words();
    clock_times();
    abbreviations();
    symbols();
    for (const char* word : {"Ill", "ill", "Its", "its", "Hell", "hell", "Shell", "shell", "Shed",
                             "shed", "were", "Were", "Well", "well", "Whore", "whore"})
      pieces_.erase(word);
    for (const auto& [word, pieces] : pieces_)
      glances_[ExceptionGlance::slot(word) / 64] |= 1ULL << (ExceptionGlance::slot(word) % 64);
  }

  const Pieces* find(std::string_view word) const {
    const auto found = pieces_.find(word);
    return found == pieces_.end() ? nullptr : &found->second;
  }
  const std::uint64_t* glances() const { return glances_.data(); }

 private:
  void add_one(const Parts& parts, const std::string& apostrophe) {
    std::string whole;
    Pieces pieces{};
    std::size_t n = 0;
    for (const std::string& part : parts) {
      const std::string piece = replaced(part, "'", apostrophe);
      whole += piece;
      pieces[n++] = static_cast<std::uint8_t>(piece.size());
    }
    pieces_[whole] = pieces;
  }

  /// With the straight apostrophe and the typographic one.
  void add(const Parts& parts) {
    add_one(parts, "'");
    add_one(parts, "’");
  }

  /// stem + tail with the tail's apostrophes, and without any ("we'll", "well").
  void both(const std::string& stem, const std::string& first, const std::string& second = "") {
    for (const std::string& form : {stem, capital(stem)}) {
      if (second.empty()) {
        add({form, first});
        add({form, replaced(first, "'", "")});
      } else {
        add({form, first, second});
        add({form, replaced(first, "'", ""), replaced(second, "'", "")});
      }
    }
  }

  void pronouns() {
    both("i", "'m");
    both("i", "'m", "a");
    for (const char* word : {"i", "you", "he", "she", "it", "we", "they"}) {
      both(word, "'ll");
      both(word, "'ll", "'ve");
      both(word, "'d");
      both(word, "'d", "'ve");
    }
    for (const char* word : {"i", "you", "we", "they"}) both(word, "'ve");
    for (const char* word : {"you", "we", "they"}) both(word, "'re");
    for (const char* word : {"he", "she", "it"}) both(word, "'s");
  }

  void question_words() {
    for (const std::string word : {"who", "what", "when", "where", "why", "how", "there", "that",
                                   "this", "these", "those"}) {
      const bool plural = word == "these" || word == "those";
      const bool pointing = word == "that" || word == "this";
      if (!plural) both(word, "'s");
      both(word, "'ll");
      both(word, "'ll", "'ve");
      if (!pointing) {
        both(word, "'re");
        both(word, "'ve");
      }
      both(word, "'d");
      both(word, "'d", "'ve");
    }
  }

  void verbs() {
    for (const char* verb : {"ca", "could", "do", "does", "did", "had", "may", "might", "must",
                             "need", "ought", "sha", "should", "wo", "would"}) {
      both(verb, "n't");
      both(verb, "n't", "'ve");
    }
    for (const char* verb : {"could", "might", "must", "should", "would"}) both(verb, "'ve");
    for (const char* verb : {"ai", "are", "is", "was", "were", "have", "has", "dare"})
      both(verb, "n't");
    both("not", "'ve");
    add({"y'", "all"});
    add({"y", "all"});
    add({"how", "'d", "'y"});
    add({"How", "'d", "'y"});
    for (const auto& [head, tail] : {std::pair{"can", "not"}, {"gon", "na"}, {"got", "ta"}}) {
      add({head, tail});
      add({capital(head), tail});
    }
    add({"let", "'s"});
    add({"Let", "'s"});
    add({"c'm", "on"});
    add({"C'm", "on"});
  }

  void clipped_words() {
    for (const std::string word :
         {"doin", "goin", "nothin", "nuthin", "ol", "somethin", "lovin", "havin"}) {
      add({word + "'"});
      add({capital(word) + "'"});
    }
    for (const char* word :
         {"'em",  "'ll",  "'nuff",  "'S",     "'s",    "‘S",      "‘s",      "and/or",
          "w/o",  "'re",  "'Cause", "'cause", "'cos",  "'Cos",    "'coz",    "'Coz",
          "'cuz", "'Cuz", "'bout",  "ma'am",  "Ma'am", "o'clock", "O'clock", "'d"})
      add({word});
  }

  void clock_times() {
    for (int hour = 1; hour <= 12; ++hour)
      for (const char* half : {"a.m.", "am", "p.m.", "pm"}) add({std::to_string(hour), half});
  }

  void abbreviations() {
    for (const char* word :
         {"Mt.",   "Ak.",  "Ala.",    "Apr.",  "Ariz.", "Ark.", "Aug.", "Calif.", "Colo.", "Conn.",
          "Dec.",  "Del.", "Feb.",    "Fla.",  "Ga.",   "Ia.",  "Id.",  "Ill.",   "Ind.",  "Jan.",
          "Jul.",  "Jun.", "Kan.",    "Kans.", "Ky.",   "La.",  "Mar.", "Mass.",  "Mich.", "Minn.",
          "Miss.", "N.C.", "N.D.",    "N.H.",  "N.J.",  "N.M.", "N.Y.", "Neb.",   "Nebr.", "Nev.",
          "Nov.",  "Oct.", "Okla.",   "Ore.",  "Pa.",   "S.C.", "Sep.", "Sept.",  "Tenn.", "Va.",
          "Wash.", "Wis.", "a.m.",    "Adm.",  "Bros.", "co.",  "Co.",  "Corp.",  "D.C.",  "Dr.",
          "e.g.",  "E.g.", "E.G.",    "Gen.",  "Gov.",  "i.e.", "I.e.", "I.E.",   "Inc.",  "Jr.",
          "Ltd.",  "Md.",  "Messrs.", "Mo.",   "Mont.", "Mr.",  "Mrs.", "Ms.",    "p.m.",  "Ph.D.",
          "Prof.", "Rep.", "Rev.",    "Sen.",  "St.",   "vs.",  "v.s.", "ä.",     "ö.",    "ü."})
      add({word});
    for (char letter = 'a'; letter <= 'z'; ++letter) add({std::string(1, letter) + "."});
  }

  void symbols() {
    for (const char* word :
         {"'",   "''",  "C++", "—",   ":)",  ":-)", ":))", "(:",  "(-:", "=)",  "(=",  ":]",  ":-]",
          "[:",  "[=",  "=]",  ":}",  ":-}", "8)",  "8-)", ";)",  ";-)", "(;",  "(-;", ":(",  ":-(",
          ":((", "):",  ")-:", "=(",  ">:(", ":')", ":'(", ":/",  ":-/", "=/",  "=|",  ":|",  ":-|",
          "]=",  "=[",  ":1",  ":P",  ":-P", ":p",  ":-p", ":O",  ":-O", ":o",  ":-o", ":0",  ":-0",
          ":*",  ":-*", ":3",  ":-3", "=3",  ":>",  ":->", ":X",  ":-X", ":x",  ":-x", ":D",  ":-D",
          ";D",  ";-D", "=D",  "<3",  "</3", "^_^", ">.<", "-_-", "._.", ";_;", "o_o", "O_O", "0.0",
          "o.O", "O.o", "o.o", "O.O", "v.v", "V.V", "@_@"})
      add({word});
    for (const char letter : std::string("cfkCFK")) add({"°", std::string(1, letter), "."});
  }

  std::unordered_map<std::string, Pieces, Hash, std::equal_to<>> pieces_;
  std::array<std::uint64_t, ExceptionGlance::kSlots / 64> glances_{};
};

const Exceptions& exceptions() {
  static const Exceptions built;
  return built;
}

}  // namespace

const Pieces* english_exception(std::string_view word) {
  static const Exceptions& all = exceptions();
  static const ExceptionGlance glance;
  return glance.may_be(word) ? all.find(word) : nullptr;
}

ExceptionGlance::ExceptionGlance() : bits_(exceptions().glances()) {}

}  // namespace fulcrum::data::text
