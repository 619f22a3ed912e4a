//! The text of a rich pull request, whole.

use super::render_pull_text;
use crate::sim::pages::sample;

#[test]
fn a_rich_pull_request_reads_well() {
    insta::assert_snapshot!(render_pull_text(&sample::pull()), @r"
    #12 Round amounts half to even [open]
    lena: 2 commits into main from lena/rounding
    labels: bug, money

    == Conversation ==
    Invoices were off by a cent, because we rounded *away from zero*.

    - [x] money
    - [ ] exports

    | amount | before | after |
    |-------:|-------:|------:|
    | 0.125  | 0.13   | 0.12  |
    | 0.135  | 0.14   | 0.14  |

    See [the docs](docs/rounding.md) and <https://example.com/rounding>.

    * lena pushed b3f9b3f Round half to even

    * lena added the labels bug and money

    deckhand [bot] reviewed:

      src/money.py:9-10
      | +    amount = float(amount)
      | +    return round(amount, 2)
        deckhand [bot]:
          ⚠️ **Warning:** Amounts are decimals here.

          ```suggestion
              amount = Decimal(amount)
              return amount.quantize(CENT, ROUND_HALF_EVEN)
          ```

          `no-float`
        lena:
          Right, thanks.

      src/money.py:4 (resolved)
      | +from decimal import ROUND_HALF_EVEN
        deckhand [bot]:
          ⚠️ **Warning:** An import in the middle.

      src/money.py:30 (outdated)
      | +print(amount)
        deckhand [bot]:
          ⚠️ **Warning:** Leftover `print`.

    deckhand [bot] commented (edited):
      ### 1 problem, 2 warnings

      - ❌ **Failure:** No entry in `CHANGELOG.md`. `changelog`

      Why?

      Every change that people notice gets a line.

      Hello @lena.

    omar commented:
      Thanks! Which places were wrong before?
      Only `invoice()`?

    * lena pushed c3f9c3f Use it in invoices

    omar reviewed:
      One question below, otherwise **good**.

      src/money.py:7 (old side)
      | -    # rounds away from zero
        omar:
          Why did this go?

    == Files ==
    modified src/money.py +5 -2
    renamed docs/rounding.md (from docs/round.md) +1 -1
    added logo.png +0 -0

    == Checks ==
    ✕ deckhand (by deckhand): failure - 1 problem, 2 warnings
      - ❌ No entry in `CHANGELOG.md`. `changelog`

      **`src/money.py`**

      - ⚠️ **line 10:** Amounts are decimals here. `no-float`

      Skipped: `migration_safety` (no such files)

      ( Fix changelog ) Commits a change of CHANGELOG.md

      [warning] src/money.py:10 no-float
        Amounts are decimals here.
      [failure] src/money.py:99 changelog
        Say it in CHANGELOG.md,
        under Unreleased.
    ✓ unit tests (by ci): success - 218 passed
    deckhand/changelog (status): failure - 1 problem

    Merging is blocked. Required check deckhand has not passed.
    ");
}

#[test]
fn a_bare_one_too() {
    insta::assert_snapshot!(render_pull_text(&sample::bare_pull()), @r"
    #13 Say hello [open]
    lena: 2 commits into main from lena/rounding

    == Conversation ==
    (no description)

    == Files ==
    (none)

    == Checks ==
    (none)

    This pull request can be merged.
    ");
}
