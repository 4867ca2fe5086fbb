#pragma once
// One HTML page: a table, figures with their numbers as tables. It needs no network, no script and
// no other file.
#include <string>
#include <vector>

#include "base/table.h"

namespace fulcrum::sched {

struct Figure {
  std::string name;   // of its file, without ".svg"
  std::string title;  // also the picture's text for who does not see it
  std::string note;   // one sentence; may be empty
  std::string svg;
  base::TableText table;
};

struct Page {
  std::string title;
  std::vector<std::string> facts;
  base::TableText runs;
  std::vector<Figure> figures;
  std::string table_title = {};  // over `runs`; empty: all runs
};

std::string to_html(const Page& page);

}  // namespace fulcrum::sched
