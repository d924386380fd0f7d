#pragma once
#include "scan/collector.h"
#include "scan/engine.h"

// What the text around a value, and the place of the file, say about it.
namespace fairlead::scan {

// MsgTypeKey: MsgTypeSha1 of a program: a value without quotes, of which only the name beside it tells.
bool is_name_in_code(const Fragment& fragment, const Hit& hit);
// The token of a badge is in the address of a picture that every reader loads.
bool is_of_badge(const Fragment& fragment, const Hit& hit);
// data: of a Secret of Kubernetes: its values are in base64, and the rule for such files decodes them.
bool is_in_data_of_secret(const Fragment& fragment, const Hit& hit);
// For a test, a sample or a page; of an account where nothing costs.
bool is_made_up(const Fragment& fragment, const Hit& hit);

}
