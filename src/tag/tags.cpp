#include "tag/tags.h"
#include "base/text.h"
#include "tag/labels.h"
#include "tag/rules/lists.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

struct Entries {
    std::vector<Origin> images, tags, flavor, labels, annotations;
};

Result<Entries> split_lists(const Inputs& inputs) {
    Entries lists;
    lists.images = TRY(split_entries(inputs.images, "images"));
    lists.tags = TRY(split_entries(inputs.tags, "tags"));
    lists.flavor = TRY(split_entries(inputs.flavor, "flavor"));
    lists.labels = TRY(split_entries(inputs.labels, "labels"));
    lists.annotations = TRY(split_entries(inputs.annotations, "annotations"));
    return lists;
}

Result<void> add_labels(Run& run, const Entries& lists, const RepositoryFacts& repository) {
    Expressions expressions(run.facts, run.notes);
    auto& metadata = run.metadata;
    const auto make = [&](const std::vector<Origin>& custom) {
        return make_labels(custom, repository, metadata.version, run.facts, expressions, run.notes);
    };
    metadata.labels = TRY(make(lists.labels));
    metadata.annotations = TRY(make(lists.annotations));
    return {};
}

}

Inputs with_lists(Inputs inputs, const Lists& lists) {
    const auto text = [](const std::vector<std::string>& entries) { return join(entries, "\n"); };
    inputs.images = text(lists.images);
    inputs.tags = text(lists.tags);
    inputs.flavor = text(lists.flavor);
    inputs.labels = text(lists.labels);
    inputs.annotations = text(lists.annotations);
    return inputs;
}

Result<void> decide_tags(Run& run, const std::function<RepositoryFacts()>& repository,
                         const sys::Environment& variables) {
    const auto lists = TRY(split_lists(run.inputs));
    TRY_VOID(exports_variables(variables));
    run.images = TRY(parse_images(lists.images, run.notes));
    run.rules = TRY(parse_rules(lists.tags, run.notes));
    run.flavor = TRY(parse_flavor(lists.flavor, run.notes));
    run.version = TRY(decide(run.rules, run.flavor, run.facts, run.inputs.strict, run.notes));

    auto& metadata = run.metadata;
    metadata.version = run.version.main.value_or("");
    metadata.tags = full_tags(run.version, run.images);
    metadata.tag_names = run.version.names();
    metadata.image_names = enabled_names(run.images);
    metadata.bake_target = run.inputs.bake_target;
    metadata.levels = split(variables.get_or("DOCKER_METADATA_ANNOTATIONS_LEVELS", "manifest"), ',');
    if (metadata.version.empty()) run.notes.remark("No Docker image version has been generated. Check tags input.");
    if (metadata.tags.empty()) run.notes.remark("No Docker tag has been generated. Check tags input.");

    if (const auto added = add_labels(run, lists, repository()); !added) run.refused = added.error();
    return {};
}

Result<void> refuse_faults(const Run& run) {
    for (const auto& note : run.notes.all())
        if (note.weight == Weight::fault) return wrong_input(note.message, note.origin, note.way_out);
    return {};
}

Result<Run> make_tags(const Inputs& inputs, const Wanted& wanted, const sys::Environment& variables,
                      sys::Clock& clock) {
    Run run;
    run.inputs = inputs;
    auto gathered = TRY(gather(wanted, variables, clock, run.notes));
    run.facts = std::move(gathered.facts);
    run.source = std::move(gathered.source);
    run.checkout = std::move(gathered.checkout);
    TRY_VOID(decide_tags(run, gathered.repository, variables));
    if (inputs.strict == Strict::yes) TRY_VOID(refuse_faults(run));
    return run;
}

Result<bool> exports_variables(const sys::Environment& variables) {
    static constexpr std::array<std::string_view, 6> yes = {"1", "t", "T", "true", "TRUE", "True"};
    static constexpr std::array<std::string_view, 6> no = {"0", "f", "F", "false", "FALSE", "False"};
    const auto text = variables.get("DOCKER_METADATA_SET_OUTPUT_ENV");
    if (!text || std::find(yes.begin(), yes.end(), *text) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), *text) != no.end()) return false;
    return usage(fmt::format("parseBool syntax error: {}\nDOCKER_METADATA_SET_OUTPUT_ENV is true or false", *text));
}

}
