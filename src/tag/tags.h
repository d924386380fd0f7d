#pragma once
#include "base/result.h"
#include "base/secrets/secret.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "tag/decide.h"
#include "tag/outputs.h"
#include "tag/rules/images.h"
#include "tag/rules/notes.h"
#include "tag/source/gather.h"
#include <memory>
#include <string>
#include <vector>

// Performs one run, from the texts of the inputs to all results.
namespace fairlead::tag {

struct Inputs {
    std::string images, tags, flavor, labels, annotations; // list syntax, see lists.h
    Separators separators;
    std::string bake_target = "docker-metadata-action";
    Strict strict = Strict::no;
    PlaceOf place_of = {}; // places of inputs in fairlead.yml; empty: no input comes from there
};

struct Lists { // as given, entry by entry
    std::vector<std::string> images, tags, flavor, labels, annotations;
};
Inputs with_lists(Inputs inputs, const Lists& lists);

struct Run {
    Inputs inputs;
    Facts facts;
    std::string source;                 // source of the facts
    std::shared_ptr<Checkout> checkout; // null if the facts were made by hand
    std::vector<Rule> rules;
    Flavor flavor;
    std::vector<Image> images;
    Version version;
    Metadata metadata;
    Notes notes;
    std::optional<Error> refused; // a label or annotation is wrong; earlier decisions are still output
};

// Decides by the given facts. Errors (usage): an input is wrong; see also Run::refused.
Result<void> decide_tags(Run& run, const std::function<RepositoryFacts()>& repository,
                         const sys::Environment& variables);

// Gathers the facts, decides, and with strict refuses faults.
Result<Run> make_tags(const Inputs& inputs, const Wanted& wanted, const sys::Environment& variables, sys::Clock& clock);

// Reads DOCKER_METADATA_SET_OUTPUT_ENV. Error (usage): it is not a boolean.
Result<bool> exports_variables(const sys::Environment& variables);

}
