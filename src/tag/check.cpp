#include "tag/check.h"

namespace fairlead::tag {
namespace {

Result<void> check_written(const Inputs& inputs) {
    Notes notes;
    TRY_VOID(read_written(inputs, notes));
    return inputs.strict == Strict::yes ? refuse_faults(notes, inputs.place_of) : Result<void>();
}

}

Result<void> check(const Inputs& inputs, const Wanted& wanted, const NextWanted& next) {
    // What a file of the tree calls a repository is looked at; a fetch or a tag there would do what is written in it.
    const bool elsewhere = wanted.context.starts_with("git:") && inputs.place_of("context", 0).line > 0;
    Result<void> acts;
    if (elsewhere && wanted.deepen)
        acts = usage("nothing is fetched into a repository that fairlead.yml names; give the context as an input, or "
                     "leave out --deepen");
    if (elsewhere && wanted.acts)
        acts = usage("nothing is released of a repository that fairlead.yml names; give the context as an input");
    const std::pair<const char*, Result<void>> judged[] = {
        {"context", acts},
        {"", check_written(inputs)},
        {"context", check_context(wanted.context)},
        {"channel", check_channel(next.channel)},
        {"initial-version", check_initial(next.initial)},
    };
    for (const auto& [input, result] : judged) {
        if (result.ok()) continue;
        Error error = result.error();
        if (*input != '\0') error.place = inputs.place_of(input, 0); // else it has its place
        return error;
    }
    return {};
}

}
