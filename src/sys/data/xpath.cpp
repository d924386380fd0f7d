#include "sys/data/xpath.h"
#include "base/printable.h"
#include "sys/data/crowded_tag.h"
#include "sys/data/xml.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <dlfcn.h>
#include <expat.h>
#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <limits>
#include <memory>
#include <set>
#include <vector>

namespace fairlead::sys {
namespace {

constexpr std::size_t longest_shown = 200; // bytes of an expression or a reason in a message

// Linked, a release would need ICU, 30 MB. Since 2.14 the library has another number in its name; the parts of its
// structures that are used here have stayed the same.
class LibXml {
  public:
    decltype(&xmlSetStructuredErrorFunc) set_report = nullptr;
    decltype(&xmlSetGenericErrorFunc) set_print = nullptr;
    decltype(&xmlNewParserCtxt) new_xml_parser = nullptr;
    decltype(&xmlFreeParserCtxt) free_parser = nullptr;
    decltype(&xmlCtxtReadMemory) read_xml = nullptr;
    decltype(&htmlNewParserCtxt) new_html_parser = nullptr;
    decltype(&htmlCtxtReadMemory) read_html = nullptr;
    decltype(&xmlStopParser) stop_parser = nullptr;
    decltype(&xmlDocGetRootElement) root_of = nullptr;
    decltype(&xmlFreeDoc) free_document = nullptr;
    decltype(&xmlXPathNewContext) new_context = nullptr;
    decltype(&xmlXPathFreeContext) free_context = nullptr;
    decltype(&xmlXPathRegisterNs) register_namespace = nullptr;
    decltype(&xmlXPathSetContextNode) set_node = nullptr;
    decltype(&xmlXPathEvalExpression) evaluate = nullptr;
    decltype(&xmlXPathFreeObject) free_object = nullptr;

    LibXml() {
        constexpr std::array names = {"libxml2.so.2", "libxml2.so.16"};
        const bool is_new = LIBXML_VERSION >= 21400;
        is_there_ = open(names[is_new]) || open(names[!is_new]);
    }
    bool is_there() const { return is_there_; }

  private:
    bool open(const char* name) {
        void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (!library) return false;
        const auto find = [&]<typename Function>(const char* symbol, Function& function) {
            function = reinterpret_cast<Function>(dlsym(library, symbol));
            return function != nullptr;
        };
        const char* const* version = nullptr;
        if (!find("xmlParserVersion", version) || std::atoi(*version) < 20911)
            return false; // before: no limit of steps
        decltype(&xmlInitParser) initialize = nullptr;
        decltype(&xmlSetExternalEntityLoader) set_loader = nullptr;
        if (!find("xmlInitParser", initialize) || !find("xmlSetExternalEntityLoader", set_loader) ||
            !find("xmlSetStructuredErrorFunc", set_report) || !find("xmlSetGenericErrorFunc", set_print) ||
            !find("xmlNewParserCtxt", new_xml_parser) || !find("xmlFreeParserCtxt", free_parser) ||
            !find("xmlCtxtReadMemory", read_xml) || !find("htmlNewParserCtxt", new_html_parser) ||
            !find("htmlCtxtReadMemory", read_html) || !find("xmlStopParser", stop_parser) ||
            !find("xmlDocGetRootElement", root_of) || !find("xmlFreeDoc", free_document) ||
            !find("xmlXPathNewContext", new_context) || !find("xmlXPathFreeContext", free_context) ||
            !find("xmlXPathRegisterNs", register_namespace) || !find("xmlXPathSetContextNode", set_node) ||
            !find("xmlXPathEvalExpression", evaluate) || !find("xmlXPathFreeObject", free_object))
            return false;
        initialize();
        // The options below already forbid what is external; a second lock on the same door.
        set_loader([](const char*, const char*, xmlParserCtxtPtr) -> xmlParserInputPtr { return nullptr; });
        return true;
    }

    bool is_there_ = false;
};

const LibXml& libxml() {
    static const LibXml loaded;
    return loaded;
}

// What libxml2 reports on this thread while this lives: the first error is kept, and nothing is printed.
class XmlReports {
  public:
    XmlReports() {
        libxml().set_report(this, take);
        libxml().set_print(this, print_nothing);
    }
    ~XmlReports() {
        libxml().set_report(nullptr, nullptr);
        libxml().set_print(nullptr, nullptr);
    }
    XmlReports(const XmlReports&) = delete;
    XmlReports& operator=(const XmlReports&) = delete;

    int code = 0;
    int line = 0, column = 0;
    std::string message;

  private:
    static void print_nothing(void*, const char*, ...) {}
    template <typename Report> // a pointer to const since 2.12
    static void take(void* self, Report report) noexcept {
        auto& reports = *static_cast<XmlReports*>(self);
        if (!report || report->level < XML_ERR_ERROR || reports.code != 0) return;
        reports.code = report->code;
        reports.line = report->line;
        reports.column = report->int2;
        reports.message = report->message ? report->message : "";
        reports.message.resize(std::min(reports.message.size(), reports.message.find('\n')));
    }
};

// Stops a parser of this thread where libxml2 stops too late, or drops the rest of the document silently (HTML).
struct ParseLimits {
    startElementSAXFunc start = nullptr;
    endElementSAXFunc end = nullptr;
    startElementNsSAX2Func start_xml = nullptr;
    endElementNsSAX2Func end_xml = nullptr;
    std::vector<std::size_t> prefixes; // of each open element: those in force; libxml2 may look through all
    std::string exceeded;

    void open(void* parser, int declared) {
        prefixes.push_back((prefixes.empty() ? 0 : prefixes.back()) + static_cast<std::size_t>(declared));
        if (prefixes.size() > deepest_xpath_document)
            exceeded = fmt::format("the document is nested deeper than {}, which is the limit", deepest_xpath_document);
        else if (prefixes.back() > most_tag_attributes)
            exceeded = fmt::format("an element of the document has more than {} prefixes of namespaces in force, which "
                                   "is the limit",
                                   most_tag_attributes);
        else
            return;
        libxml().stop_parser(static_cast<xmlParserCtxt*>(parser));
    }
    void close() {
        if (!prefixes.empty()) prefixes.pop_back();
    }
};
thread_local ParseLimits parse_limits;

void limit(xmlSAXHandler& events) {
    parse_limits = {};
    parse_limits.start = events.startElement;
    parse_limits.end = events.endElement;
    parse_limits.start_xml = events.startElementNs;
    parse_limits.end_xml = events.endElementNs;
    events.startElement = [](void* self, const xmlChar* name, const xmlChar** attributes) noexcept { // HTML
        parse_limits.start(self, name, attributes);
        parse_limits.open(self, 0);
    };
    events.endElement = [](void* self, const xmlChar* name) noexcept {
        parse_limits.end(self, name);
        parse_limits.close();
    };
    if (!events.startElementNs) return;
    events.startElementNs = [](void* self, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri, int declared,
                               const xmlChar** pairs, int attributes, int defaulted, const xmlChar** values) noexcept {
        parse_limits.start_xml(self, name, prefix, uri, declared, pairs, attributes, defaulted, values);
        parse_limits.open(self, declared);
    };
    events.endElementNs = [](void* self, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri) noexcept {
        parse_limits.end_xml(self, name, prefix, uri);
        parse_limits.close();
    };
}

using XmlDocument = std::unique_ptr<xmlDoc, void (*)(xmlDoc*)>;

Error malformed_document(const XmlReports& reports) {
    return no(
        fmt::format("the document is not XML: line {}, column {}: {}", reports.line, reports.column,
                    reports.message.empty() ? "it is malformed" : fairlead::shortened(reports.message, longest_shown)));
}

// libxml2 counts what entities expand to while it reads, but XPath expands them again, and isn't bound.
Result<void> check_entities(const xmlDoc& document, std::string_view text) {
    std::size_t longest = 0;
    for (const xmlNode* part = document.children; part; part = part->next) {
        if (part->type != XML_DTD_NODE) continue;
        for (const xmlNode* one = part->children; one; one = one->next) {
            if (one->type != XML_ENTITY_DECL) continue;
            const auto* bytes = reinterpret_cast<const xmlEntity*>(one)->content;
            const std::string_view value = bytes ? reinterpret_cast<const char*>(bytes) : "";
            longest = std::max(longest, value.size());
            for (auto at = value.find('&'); at < value.size(); at = value.find('&', at + 1))
                if (!value.substr(at).starts_with("&#"))
                    return no(
                        fmt::format("entity '{}' of the document refers to another entity; such entities are refused",
                                    fairlead::shortened(reinterpret_cast<const char*>(one->name), longest_shown)));
        }
    }
    if (longest == 0) return {};
    const auto references = static_cast<std::size_t>(std::count(text.begin(), text.end(), '&'));
    if (references <= most_entity_text / longest) return {};
    return no(fmt::format("the entities of the document may expand to more than {} MiB, which is the limit",
                          most_entity_text >> 20));
}

Result<XmlDocument> read_document(std::string_view text, Markup markup) {
    const auto& library = libxml();
    const bool is_html = markup == Markup::html;
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxt*)> parser(
        is_html ? library.new_html_parser() : library.new_xml_parser(), library.free_parser);
    if (!parser) return could_not("there is not enough memory for libxml2");
    const XmlReports reports;
    limit(*parser->sax);
    const int options = is_html ? HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT
                                : XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT;
    XmlDocument document((is_html ? library.read_html : library.read_xml)(
                             parser.get(), text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", options),
                         library.free_document);
    if (!parse_limits.exceeded.empty()) return no(parse_limits.exceeded);
    if (!document && !is_html) return malformed_document(reports);
    if (!document || !library.root_of(document.get())) return no("the document is empty");
    TRY_VOID(check_entities(*document, text));
    return document;
}

// Whether it may use the prefix: libxml2's table of prefixes is slow with many.
bool mentions(std::string_view expression, std::string_view prefix) {
    for (auto at = expression.find(prefix); at != expression.npos; at = expression.find(prefix, at + 1))
        if (expression.substr(at + prefix.size()).starts_with(':')) return true;
    return false;
}

// Of all elements: a prefix that is declared twice has the meaning of the first.
void register_namespaces(xmlXPathContext* context, xmlDoc* document, std::string_view expression) {
    std::set<std::string_view> known;
    const xmlNode* const root = libxml().root_of(document);
    for (const xmlNode* node = root; node;) {
        for (const xmlNs* one = node->type == XML_ELEMENT_NODE ? node->nsDef : nullptr; one; one = one->next) {
            const auto* prefix = one->prefix ? one->prefix : reinterpret_cast<const xmlChar*>("_");
            const std::string_view name = reinterpret_cast<const char*>(prefix);
            if (one->href && mentions(expression, name) && known.insert(name).second)
                libxml().register_namespace(context, prefix, one->href);
        }
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            continue;
        }
        while (node != root && !node->next) node = node->parent;
        node = node == root ? nullptr : node->next;
    }
}

Error invalid_expression(std::string_view expression, std::string_view why) {
    return usage(
        fmt::format("invalid XPath expression \"{}\": {}", fairlead::shortened(expression, longest_shown), why));
}

std::string_view why_invalid(const XmlReports& reports) {
    if (reports.message.empty()) return "libxml2 gives no value for it";
    return reports.message;
}

Result<XPathValue> evaluate_on(xmlDoc* document, std::string_view expression) {
    const auto& library = libxml();
    const XmlReports reports;
    const std::unique_ptr<xmlXPathContext, void (*)(xmlXPathContext*)> context(library.new_context(document),
                                                                               library.free_context);
    if (!context) return could_not("there is not enough memory for libxml2");
    context->opLimit = most_xpath_steps;
    register_namespaces(context.get(), document, expression);
    library.set_node(reinterpret_cast<xmlNode*>(document), context.get());
    const std::string terminated(expression);
    const std::unique_ptr<xmlXPathObject, void (*)(xmlXPathObject*)> found(
        library.evaluate(reinterpret_cast<const xmlChar*>(terminated.c_str()), context.get()), library.free_object);
    if (reports.code == XML_XPATH_EXPRESSION_OK + static_cast<int>(XPATH_OP_LIMIT_EXCEEDED))
        return no(
            fmt::format("XPath expression \"{}\" takes more than {} steps on this document, which is the limit; use a "
                        "more direct path",
                        fairlead::shortened(expression, longest_shown), most_xpath_steps));
    if (!found) return invalid_expression(expression, why_invalid(reports));
    switch (found->type) {
    case XPATH_NUMBER: // without the sign that it may have, NaN is one value
        return XPathValue(std::isnan(found->floatval) ? std::numeric_limits<double>::quiet_NaN() : found->floatval);
    case XPATH_BOOLEAN: return XPathValue(found->boolval != 0);
    case XPATH_STRING:
        return XPathValue(std::string(found->stringval ? reinterpret_cast<const char*>(found->stringval) : ""));
    case XPATH_NODESET: {
        const auto* nodes = found->nodesetval;
        return XPathValue(XPathNodes{nodes ? static_cast<std::size_t>(nodes->nodeNr) : 0});
    }
    default: return invalid_expression(expression, why_invalid(reports));
    }
}

// expat 2.9 deprecates the counters that earlier ones have.
#if XML_MAJOR_VERSION * 100 + XML_MINOR_VERSION >= 209
Place place_in_xml(XML_Parser parser) {
    return {"", static_cast<int>(XML_GetCurrentLineNumber64(parser)),
            static_cast<int>(XML_GetCurrentColumnNumber64(parser)) + 1, ""};
}
#else
Place place_in_xml(XML_Parser parser) {
    return {"", static_cast<int>(XML_GetCurrentLineNumber(parser)),
            static_cast<int>(XML_GetCurrentColumnNumber(parser)) + 1, ""};
}
#endif

// Reads until the root element's end.
struct RootElement {
    XML_Parser parser;
    std::size_t depth = 0;
    std::size_t end = 0;
    Place too_deep = {}; // where; line 0: it isn't

    static void XMLCALL on_start(void* self, const char*, const char**) {
        auto& root = *static_cast<RootElement*>(self);
        if (root.too_deep.line > 0 || ++root.depth <= deepest_xml) return; // expat may tell the rest of a tag
        root.too_deep = place_in_xml(root.parser);
        XML_StopParser(root.parser, XML_FALSE);
    }
    static void XMLCALL on_end(void* self, const char*) {
        auto& root = *static_cast<RootElement*>(self);
        if (root.too_deep.line > 0 || root.end > 0 || --root.depth > 0) return;
        root.end = static_cast<std::size_t>(XML_GetCurrentByteIndex(root.parser)) +
                   static_cast<std::size_t>(XML_GetCurrentByteCount(root.parser));
        XML_StopParser(root.parser, XML_FALSE);
    }
    static void XMLCALL on_other(void*, const char*, int) {}
};

std::string why_no_root(const RootElement& root, bool is_cut) {
    if (root.too_deep.line > 0) return fmt::format("it is nested deeper than {}, which is the limit", deepest_xml);
    switch (const auto code = XML_GetErrorCode(root.parser)) {
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
    case XML_ERROR_PARTIAL_CHAR:
        if (is_cut) return fmt::format("it is longer than {} MiB, which is the limit", longest_xpath_document >> 20);
        return "it ends before its first element is closed";
    default: return XML_ErrorString(code);
    }
}

}

Result<XPathValue> evaluate_xpath(std::string_view text, Markup markup, std::string_view expression) {
    if (expression.find('\0') != expression.npos) return invalid_expression(expression, "it has a NUL byte");
    if (text.size() > longest_xpath_document)
        return no(fmt::format("the document has {} bytes; XPath is evaluated on at most {} MiB", text.size(),
                              longest_xpath_document >> 20));
    if (text.find('\0') != text.npos) return no("the document has a NUL byte");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (std::all_of(text.begin(), text.end(), is_xml_blank)) return no("the document is empty");
    if (has_crowded_tag(text, markup))
        return no(
            fmt::format("a tag of the document has more than {} attributes, which is the limit", most_tag_attributes));
    if (!libxml().is_there())
        return could_not("XPath needs the library libxml2, which is not on this machine; install the package libxml2");
    const XmlDocument document = TRY(read_document(text, markup));
    return evaluate_on(document.get(), expression);
}

Result<std::size_t> end_of_xml(std::string_view text) {
    const bool is_cut = text.size() > longest_xpath_document;
    if (is_cut) text = text.substr(0, longest_xpath_document);
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate("UTF-8"),
                                                                              XML_ParserFree);
    if (!parser) return could_not("there is not enough memory for an XML parser");
    RootElement root{.parser = parser.get()};
    XML_SetUserData(parser.get(), &root);
    XML_SetElementHandler(parser.get(), RootElement::on_start, RootElement::on_end);
    XML_SetDefaultHandler(parser.get(), RootElement::on_other); // with one, entities in the text stay as they are
    XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (root.end > 0) return root.end;
    return no(why_no_root(root, is_cut), root.too_deep.line > 0 ? root.too_deep : place_in_xml(root.parser));
}

}
