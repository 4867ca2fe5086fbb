#pragma once
// The resize stages by name. A file of this folder includes it and defines one of them.
#include <string_view>
#include <vector>

#include "sched/elastic/resize.h"

namespace fulcrum::sched {

namespace resize_stages {
#define RESIZE(name, summary) extern const ResizeStage name;
#include "sched/elastic/stages.def"
#undef RESIZE
}  // namespace resize_stages

const std::vector<const ResizeStage*>& resize_stage_list();
/// nullptr for an unknown name.
const ResizeStage* find_resize_stage(std::string_view name);
/// The sentence in stages.def.
std::string_view resize_summary(std::string_view name);

}  // namespace fulcrum::sched
