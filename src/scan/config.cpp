#include "scan/options.h"

namespace fairlead::scan {

std::span<const Field> fields() {
    static const Field rows[] = {
        {"allow", Type::text_list, "Regular expressions (RE2); a secret that one of them matches anywhere is none."},
    };
    return rows;
}

}
