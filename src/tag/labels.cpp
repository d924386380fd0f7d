#include "tag/labels.h"
#include "sys/collation.h"
#include <algorithm>

namespace fairlead::tag {

Result<std::vector<Label>> make_labels(const std::vector<Origin>& custom, const RepositoryFacts& repository,
                                       const std::string& version, const Facts& facts, Expressions& expressions,
                                       Notes& notes) {
    const std::string prefix = "org.opencontainers.image.";
    std::vector<Label> labels = {{prefix + "title", repository.title}, {prefix + "description", repository.description},
                                 {prefix + "url", repository.url},     {prefix + "source", repository.url},
                                 {prefix + "version", version},        {prefix + "created", format_utc(facts.now)},
                                 {prefix + "revision", facts.sha},     {prefix + "licenses", repository.licence}};
    for (const auto& entry : custom) {
        const auto text = TRY(expressions.render(entry.text, entry));
        const auto equals = text.find('=');
        if (equals == std::string::npos) {
            notes.fault("entry '" + text + "' has no '=' and is dropped", entry, "write key=value");
            continue;
        }
        if (equals == 0) notes.fault("entry '" + text + "' has no key", entry, "write key=value");
        const auto key = text.substr(0, equals);
        const auto known =
            std::find_if(labels.begin(), labels.end(), [&](const Label& label) { return label.first == key; });
        if (known == labels.end())
            labels.emplace_back(key, text.substr(equals + 1));
        else
            known->second = text.substr(equals + 1);
    }
    const auto lost =
        std::find_if(labels.begin(), labels.end(), [](const Label& label) { return !sys::can_collate(label.first); });
    if (lost != labels.end())
        notes.fault("label '" + lost->first +
                        "' is sorted by code point, not in the order of Unicode, because ICU is missing here",
                    {custom.front().input, 0, {}}, "install the distribution's libicu");
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return sys::collate(a.first, b.first) < 0; });
    return labels;
}

}
