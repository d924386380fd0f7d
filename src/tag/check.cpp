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
    // What a file of the tree calls a repository is looked at; a fetch there would do what is written in it.
    const bool elsewhere =
        wanted.deepen && wanted.context.starts_with("git:") && inputs.place_of("context", 0).line > 0;
    const auto fetched = elsewhere ? Result<void>(usage("nothing is fetched into a repository that fairlead.yml names; "
                                                        "give the context as an input, or leave out --deepen"))
                                   : Result<void>();
    const std::pair<const char*, Result<void>> judged[] = {
        {"context", fetched},
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
