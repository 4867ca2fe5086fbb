#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <string>

namespace fulcrum::product {

struct Requirement {
  std::string title;
  double weight = 1;
  std::string gate;
  std::int64_t due_us = 0;
  std::string product;
  bool accepted = false;
  bool dropped = false;
  std::map<std::string, bool> links;  // "test:NAME" → true
};
BOOST_DESCRIBE_STRUCT(Requirement, (),
                      (title, weight, gate, due_us, product, accepted, dropped, links))

/// What product decisions need to know.
struct State {
  std::map<std::string, std::string> products;      // id → title and purpose, as compared
  std::map<std::string, Requirement> requirements;  // by id
  std::map<std::string, bool> gates;                // "GATE" or "GATE/REQUIREMENT" → passed
};
BOOST_DESCRIBE_STRUCT(State, (), (products, requirements, gates))

}  // namespace fulcrum::product
