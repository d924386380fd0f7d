#include "read/python/python.h"
#include "read/python/python_tokens.h"
#include "read/python/python_values.h"
#include <algorithm>
#include <optional>

namespace fairlead::read {

namespace {

using Kind = PythonValue::Kind;
using Tokens = std::span<const PythonToken>;

bool is_name(const PythonToken& token) { return token.kind == PythonToken::Kind::name; }
bool is_sign(const PythonToken& token, std::string_view text) {
    return token.kind == PythonToken::Kind::sign && token.text == text;
}
bool is_word(const PythonToken& token, std::string_view text) { return is_name(token) && token.text == text; }

int nesting(const PythonToken& token) {
    if (token.kind != PythonToken::Kind::sign || token.text.size() != 1) return 0;
    const char c = token.text.front();
    return c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
}

// Parted at a sign that stands in no bracket.
std::vector<Tokens> parted(Tokens all, std::string_view sign) {
    std::vector<Tokens> parts;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        depth += nesting(all[i]);
        if (depth != 0 || !is_sign(all[i], sign)) continue;
        parts.push_back(all.subspan(begin, i - begin));
        begin = i + 1;
    }
    parts.push_back(all.subspan(begin));
    return parts;
}

struct Block {
    enum class Kind { module, klass, branch, function };
    int indent = -1;
    Kind kind = Kind::module;
    std::size_t klass = 0;
};

class Reader {
  public:
    PythonModule read(std::string_view text) {
        const auto lines = python_lines(text, module_.problems);
        for (const auto& line : lines) {
            while (blocks_.size() > 1 && line.indent <= blocks_.back().indent) blocks_.pop_back();
            take(line);
            is_first_ = false;
        }
        return std::move(module_);
    }

  private:
    void take(const PythonLine& line) {
        const auto header = header_of(line.tokens);
        if (!header) return statements(line.tokens);
        const Tokens all(line.tokens);
        open(all.first(*header), line.indent);
        if (const auto body = all.subspan(*header + 1); !body.empty()) {
            statements(body);
            blocks_.pop_back();
        }
    }

    // Of a compound statement: where its colon is.
    static std::optional<std::size_t> header_of(Tokens line) {
        constexpr std::string_view words[] = {"if",   "elif",    "else", "for",   "while", "try",
                                              "with", "finally", "def",  "class", "async", "except"};
        if (line.empty() || !is_name(line.front())) return std::nullopt;
        const bool is_soft = line.front().text == "match" || line.front().text == "case";
        if (std::find(std::begin(words), std::end(words), line.front().text) == std::end(words) &&
            !(is_soft && line.size() > 2 && is_sign(line.back(), ":") && !is_sign(line[1], "=")))
            return std::nullopt;
        int depth = 0, lambdas = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            depth += nesting(line[i]);
            if (depth == 0 && is_word(line[i], "lambda")) ++lambdas;
            if (depth == 0 && is_sign(line[i], ":") && lambdas-- <= 0) return i;
        }
        return std::nullopt;
    }

    void open(Tokens header, int indent) {
        Block block{indent, Block::Kind::branch, 0};
        std::size_t at = is_word(header.front(), "async") && header.size() > 1 ? 1 : 0;
        if (is_word(header[at], "def")) block.kind = Block::Kind::function;
        const bool has_name = header.size() > at + 1 && is_name(header[at + 1]);
        if (is_word(header[at], "class")) {
            const bool is_outer = !within(Block::Kind::function) && !within(Block::Kind::klass);
            block.kind = is_outer && has_name ? Block::Kind::klass : Block::Kind::function;
            if (block.kind == Block::Kind::klass) {
                block.klass = module_.classes.size();
                module_.classes.push_back({header[at + 1].text, header[at + 1].line, {}, within(Block::Kind::branch)});
            }
        }
        if (block.kind != Block::Kind::branch && has_name) bind(header[at + 1], {});
        if (block.kind == Block::Kind::branch) bind_of_branch(header.subspan(at));
        blocks_.push_back(block);
    }

    // for NAMES in …, … as NAME
    void bind_of_branch(Tokens header) {
        const bool is_loop = is_word(header.front(), "for");
        for (std::size_t i = 1; i < header.size(); ++i) {
            if (is_loop && is_word(header[i], "in")) break;
            if (is_name(header[i]) && (is_loop || is_word(header[i - 1], "as"))) bind(header[i], {});
        }
    }

    bool within(Block::Kind kind) const {
        return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& one) { return one.kind == kind; });
    }

    void bind(const PythonToken& name, PythonValue value, bool adds = false) {
        if (within(Block::Kind::function)) return;
        auto* bindings = &module_.bindings;
        for (const Block& block : blocks_)
            if (block.kind == Block::Kind::klass) bindings = &module_.classes[block.klass].bindings;
        if (value.line == 0) value.line = name.line;
        if (value.column == 0) value.column = name.column;
        bindings->push_back({name.text, std::move(value), within(Block::Kind::branch), adds});
    }

    void statements(Tokens line) {
        for (const auto each : parted(line, ";"))
            if (!each.empty()) statement(each);
    }

    void statement(Tokens words) {
        if (is_word(words.front(), "from")) return imported_from(words);
        if (is_word(words.front(), "import")) return imported(words);
        if (is_word(words.front(), "del") || is_word(words.front(), "global")) {
            for (const auto& word : words.subspan(1))
                if (is_name(word)) bind(word, {});
            return;
        }
        const auto parts = parted(words, "=");
        if (parts.size() > 1) {
            const auto value = python_value(parts.back());
            for (std::size_t i = 0; i + 1 < parts.size(); ++i) assign(parts[i], value);
            return;
        }
        if (words.size() > 2 && is_name(words[0]) && words[1].kind == PythonToken::Kind::sign &&
            words[1].text.size() > 1 && words[1].text.back() == '=' && words[1].text != "==")
            return bind(words[0], words[1].text == "+=" ? python_value(words.subspan(2)) : PythonValue(), true);
        auto value = python_value(words);
        if (is_first_ && value.kind == Kind::text) module_.docstring = value.text;
        if (value.kind != Kind::call) return;
        if (const auto dot = value.text.find('.'); dot != std::string::npos && is_name(words.front()))
            if (value.text.find('.', dot + 1) == std::string::npos) changed(words.front());
        module_.calls.push_back(std::move(value));
    }

    // A method of something that is bound here may change it.
    void changed(const PythonToken& name) {
        const auto* bindings = &module_.bindings;
        for (const Block& block : blocks_)
            if (block.kind == Block::Kind::klass) bindings = &module_.classes[block.klass].bindings;
        if (std::any_of(bindings->begin(), bindings->end(), [&](const auto& one) { return one.name == name.text; }))
            bind(name, {});
    }

    void assign(Tokens target, const PythonValue& value) {
        if (target.empty()) return;
        if (const auto parts = parted(target, ":"); parts.size() > 1) target = parts.front(); // its annotation
        if (target.size() == 1 && is_name(target.front())) return bind(target.front(), value);
        if (target.size() > 2 && (is_sign(target.front(), "(") || is_sign(target.front(), "[")))
            target = target.subspan(1, target.size() - 2);
        if (target.size() == 1 && is_name(target.front())) return bind(target.front(), value);
        if (const auto parts = parted(target, ","); parts.size() > 1) {
            const bool fits = value.kind == Kind::list && value.items.size() == parts.size();
            for (std::size_t i = 0; i < parts.size(); ++i)
                if (parts[i].size() == 1 && is_name(parts[i].front()))
                    bind(parts[i].front(), fits ? value.items[i] : PythonValue());
            return;
        }
        stored(target, value);
    }

    // a.b["c"] = value; `a` isn't what it was.
    void stored(Tokens target, const PythonValue& value) {
        if (target.size() < 2 || !is_name(target.front())) return;
        if (target.size() == 2 || is_sign(target[1], "[")) bind(target.front(), {});
        std::size_t open = 0;
        while (open < target.size() && !is_sign(target[open], "[")) ++open;
        if (open == target.size() || !is_sign(target.back(), "]")) return;
        PythonValue call{Kind::call, target.front().line, target.front().column, "", {}};
        for (const auto& token : target.first(open)) call.text += token.text;
        call.text += ".__setitem__";
        call.items = {python_value(target.subspan(open + 1, target.size() - open - 2)), value};
        module_.calls.push_back(std::move(call));
    }

    void imported_from(Tokens words) {
        PythonImport found;
        found.line = words.front().line;
        std::size_t at = 1;
        for (; at < words.size() && !is_word(words[at], "import"); ++at) found.module += words[at].text;
        for (++at; at < words.size(); ++at) {
            const bool is_last = at + 1 >= words.size() || is_sign(words[at + 1], ",") || is_sign(words[at + 1], ")");
            if (is_sign(words[at], "*")) found.names.emplace_back("*");
            if (!is_name(words[at]) || !is_last) continue;
            found.names.push_back(words[at].text);
            bind(words[at], {});
        }
        if (!within(Block::Kind::function)) module_.imports.push_back(std::move(found));
    }

    void imported(Tokens words) {
        for (const auto part : parted(words.subspan(1), ","))
            if (!part.empty())
                bind(part.size() > 2 && is_word(part[part.size() - 2], "as") ? part.back() : part[0], {});
    }

    PythonModule module_;
    std::vector<Block> blocks_{Block{}};
    bool is_first_ = true;
};

// Names that stand for names; a few short lines can stand for more than any memory holds.
class Lookup {
  public:
    Lookup(const std::vector<PythonBinding>& own, const std::vector<PythonBinding>& outer) : own_(own), outer_(outer) {}

    PythonValue find(std::string_view name) {
        const bool is_own = std::any_of(own_.begin(), own_.end(), [&](const auto& one) { return one.name == name; });
        PythonValue found;
        for (const auto& one : is_own ? own_ : outer_) {
            if (one.name != name) continue;
            auto value = resolved(one.value);
            if (one.is_maybe || (one.adds && !add(found, value)))
                found = {Kind::unknown, value.line, value.column, "", {}};
            else if (!one.adds)
                found = std::move(value);
        }
        return found;
    }

  private:
    static bool add(PythonValue& sum, const PythonValue& part) {
        if (sum.kind != part.kind || (sum.kind != Kind::list && sum.kind != Kind::text)) return false;
        sum.text += part.text;
        sum.items.insert(sum.items.end(), part.items.begin(), part.items.end());
        return true;
    }

    PythonValue resolved(const PythonValue& value) {
        constexpr int deepest = 16;
        const PythonValue unknown{Kind::unknown, value.line, value.column, "", {}};
        if (--left_ < 0 || depth_ > deepest) return unknown;
        ++depth_;
        auto found = value;
        if (value.kind == Kind::name) {
            auto meant = find(value.text);
            if (meant.line != 0 && meant.kind != Kind::name) found = std::move(meant);
            found.line = value.line;
            found.column = value.column;
        } else if (value.kind == Kind::list) {
            for (auto& item : found.items) item = resolved(item);
        } else if (value.kind == Kind::sum) {
            found = resolved(value.items.front());
            for (std::size_t i = 1; i < value.items.size() && found.kind != Kind::unknown; ++i)
                if (!add(found, resolved(value.items[i]))) found = unknown;
        }
        --depth_;
        return found;
    }

    const std::vector<PythonBinding>&own_, &outer_;
    int left_ = 20'000, depth_ = 0;
};

}

PythonModule read_python(std::string_view text) { return Reader().read(text); }

PythonValue value_of(const std::vector<PythonBinding>& bindings, std::string_view name,
                     const std::vector<PythonBinding>& outer) {
    return Lookup(bindings, outer).find(name);
}

}
