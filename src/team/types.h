#pragma once
// Commands, queries and events of the team pillar. Each struct is described once; codecs, schemas
// and fronts come from that.
#include <boost/describe/class.hpp>
#include <string>

namespace fulcrum::team {

/// A remark on anything: `subject` is a stream ("job/01J…") or any name.
struct AddNote {
  std::string subject;
  std::string text;
  static constexpr std::string_view kRequired[] = {"subject", "text"};
};
BOOST_DESCRIBE_STRUCT(AddNote, (), (subject, text))

struct NoteAdded {
  std::string subject;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NoteAdded, (), (subject, text))

struct ListNotes {
  std::string subject;  // empty: all
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListNotes, (), (subject, limit))

}  // namespace fulcrum::team
