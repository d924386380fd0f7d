#include "tag/tags.h"
#include "base/text.h"
#include "tag/labels.h"
#include "tag/written.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

Result<void> add_labels(Run& run, const Written& written, const RepositoryFacts& repository) {
    Expressions expressions(run.facts, run.notes);
    auto& metadata = run.metadata;
    const auto make = [&](const std::vector<Origin>& custom) {
        return make_labels(custom, repository, metadata.version, run.facts, expressions, run.notes);
    };
    metadata.labels = TRY(make(written.labels));
    metadata.annotations = TRY(make(written.annotations));
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
    auto written = TRY(read_written(run.inputs, run.notes));
    TRY_VOID(exports_variables(variables));
    if (run.inputs.strict == Strict::yes) TRY_VOID(refuse_faults(run.notes, run.inputs.place_of));
    run.images = std::move(written.images);
    run.rules = std::move(written.rules);
    run.flavor = std::move(written.flavor);
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

    if (const auto added = add_labels(run, written, repository()); !added) run.refused = added.error();
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
    if (const auto unknown = gathered.unknown(); !unknown.empty()) run.notes.gap(unknown);
    if (inputs.strict == Strict::yes) TRY_VOID(refuse_faults(run.notes, run.inputs.place_of));
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
