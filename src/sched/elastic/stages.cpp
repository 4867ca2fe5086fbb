#include "sched/elastic/stages.h"

namespace fulcrum::sched {

const std::vector<const ResizeStage*>& resize_stage_list() {
  static const std::vector<const ResizeStage*> list{
#define RESIZE(name, summary) &resize_stages::name,
#include "sched/elastic/stages.def"
#undef RESIZE
  };
  return list;
}

const ResizeStage* find_resize_stage(std::string_view name) {
  for (const ResizeStage* stage : resize_stage_list())
    if (stage->name == name) return stage;
  return nullptr;
}

std::string_view resize_summary(std::string_view stage) {
#define RESIZE(name, summary) \
  if (stage == #name) return summary;
#include "sched/elastic/stages.def"
#undef RESIZE
  return {};
}

}  // namespace fulcrum::sched
