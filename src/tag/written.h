#pragma once
#include "tag/rules/flavor.h"
#include "tag/rules/images.h"
#include "tag/rules/notes.h"
#include "tag/rules/rules.h"
#include "tag/tags.h"
#include <vector>

// Reads and checks the inputs before any decision, for every event.
namespace fairlead::tag {

struct Written {
    std::vector<Image> images;
    std::vector<Rule> rules; // as parse_rules returns them
    Flavor flavor;
    std::vector<Origin> labels, annotations;
};

// Error (usage), with its place: an entry, a pattern or a template can't be read. A mistake that would fail only if its
// rule applies, or an input without sense, becomes a fault in `notes`. A wrong label is only a fault, too, because the
// peer (docker/metadata-action) outputs the tags first.
Result<Written> read_written(const Inputs& inputs, Notes& notes);

}
