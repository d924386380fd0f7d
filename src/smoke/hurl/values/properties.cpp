#include "smoke/hurl/values/properties.h"
#include "base/text.h"
#include <algorithm>
#include <utility>

namespace fairlead::smoke::hurl {

namespace {

struct Property {
    std::string_view name; // in lower case, without blanks, - and _
    std::string_view members;
};
// The general categories, and those binary properties that are made of them. RE2 lacks the others.
constexpr Property known_properties[] = {
    {"any", R"(\x{0}-\x{10FFFF})"},
    {"ascii", R"(\x{0}-\x{7F})"},
    {"assigned", R"(\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cc}\p{Cf}\p{Co}\p{Cs})"},
    {"letter", R"(\p{L})"},
    {"casedletter", R"(\p{Lu}\p{Ll}\p{Lt})"},
    {"lc", R"(\p{Lu}\p{Ll}\p{Lt})"},
    {"uppercaseletter", R"(\p{Lu})"},
    {"lowercaseletter", R"(\p{Ll})"},
    {"titlecaseletter", R"(\p{Lt})"},
    {"modifierletter", R"(\p{Lm})"},
    {"otherletter", R"(\p{Lo})"},
    {"mark", R"(\p{M})"},
    {"combiningmark", R"(\p{M})"},
    {"nonspacingmark", R"(\p{Mn})"},
    {"spacingmark", R"(\p{Mc})"},
    {"enclosingmark", R"(\p{Me})"},
    {"number", R"(\p{N})"},
    {"decimalnumber", R"(\p{Nd})"},
    {"digit", R"(\p{Nd})"},
    {"letternumber", R"(\p{Nl})"},
    {"othernumber", R"(\p{No})"},
    {"punctuation", R"(\p{P})"},
    {"punct", R"(\p{P})"},
    {"connectorpunctuation", R"(\p{Pc})"},
    {"dashpunctuation", R"(\p{Pd})"},
    {"openpunctuation", R"(\p{Ps})"},
    {"closepunctuation", R"(\p{Pe})"},
    {"initialpunctuation", R"(\p{Pi})"},
    {"finalpunctuation", R"(\p{Pf})"},
    {"otherpunctuation", R"(\p{Po})"},
    {"symbol", R"(\p{S})"},
    {"mathsymbol", R"(\p{Sm})"},
    {"currencysymbol", R"(\p{Sc})"},
    {"modifiersymbol", R"(\p{Sk})"},
    {"othersymbol", R"(\p{So})"},
    {"separator", R"(\p{Z})"},
    {"spaceseparator", R"(\p{Zs})"},
    {"lineseparator", R"(\p{Zl})"},
    {"paragraphseparator", R"(\p{Zp})"},
    {"control", R"(\p{Cc})"},
    {"cntrl", R"(\p{Cc})"},
    {"format", R"(\p{Cf})"},
    {"privateuse", R"(\p{Co})"},
    {"alphabetic", R"(\p{L}\p{Nl}\x{345}\x{24B6}-\x{24E9})"},
    {"alpha", R"(\p{L}\p{Nl}\x{345}\x{24B6}-\x{24E9})"},
    {"uppercase",
     R"(\p{Lu}\x{2160}-\x{216F}\x{24B6}-\x{24CF}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189})"},
    {"upper", R"(\p{Lu}\x{2160}-\x{216F}\x{24B6}-\x{24CF}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189})"},
    {"lowercase",
     R"(\p{Ll}\x{AA}\x{BA}\x{2B0}-\x{2B8}\x{2C0}-\x{2C1}\x{2E0}-\x{2E4}\x{2170}-\x{217F}\x{24D0}-\x{24E9})"},
    {"lower", R"(\p{Ll}\x{AA}\x{BA}\x{2B0}-\x{2B8}\x{2C0}-\x{2C1}\x{2E0}-\x{2E4}\x{2170}-\x{217F}\x{24D0}-\x{24E9})"},
    {"whitespace", R"(\t-\r\x{85}\p{Z})"},
    {"space", R"(\t-\r\x{85}\p{Z})"},
};
constexpr std::string_view categories =
    " C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S "
    "Sc Sk Sm So Z Zl Zp Zs ";

std::string loosened(std::string_view name) {
    auto loose = lower(name);
    std::erase_if(loose, [](char c) { return c == ' ' || c == '-' || c == '_'; });
    return loose;
}

// "old_italic" as "Old_Italic", RE2's spelling of scripts.
std::string as_script(std::string_view name) {
    auto script = lower(name);
    bool begins = true;
    for (char& c : script) {
        if (c == ' ' || c == '-') c = '_';
        if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        begins = c == '_';
    }
    return script;
}

}

std::optional<std::string> members_of_property(std::string_view name) {
    const auto equals = name.find_first_of("=:");
    bool may_be_script = true, is_script = false;
    if (equals != name.npos) {
        const auto key = loosened(name.substr(0, equals));
        is_script = key == "sc" || key == "script" || key == "scx" || key == "scriptextensions";
        may_be_script = is_script;
        if (!is_script && key != "gc" && key != "generalcategory") return {};
        name.remove_prefix(equals + 1);
    }
    const auto loose = loosened(name);
    for (const auto& property : known_properties)
        if (!is_script && property.name == loose) return std::string(property.members);
    auto category = loose;
    if (!category.empty()) category[0] = static_cast<char>(category[0] & ~0x20);
    if (!is_script && category.size() <= 2 && categories.find(" " + category + " ") != categories.npos)
        return "\\p{" + category + "}";
    if (!may_be_script || name.empty()) return {};
    return "\\p{" + as_script(name) + "}";
}

}
