#pragma once
#include "tag/rules/flavor.h"
#include "tag/rules/images.h"
#include "tag/rules/notes.h"
#include "tag/rules/rules.h"
#include "tag/tags.h"
#include <vector>

// What stands in the inputs, read and judged before anything is decided, whatever the event.
namespace fairlead::tag {

struct Written {
    std::vector<Image> images;
    std::vector<Rule> rules; // as parse_rules gives them
    Flavor flavor;
    std::vector<Origin> labels, annotations;
};

// Error (usage), with its place: an entry, a pattern or a template that can't be read. What else would fail when its
// rule fires, or can't be meant so, is a fault of `notes`. A label that can't be read is one, too: the peer puts tags
// out first.
Result<Written> read_written(const Inputs& inputs, Notes& notes);

}
