using System.Globalization;
using System.Text;
using Beam.Transfers;

namespace Beam.Core.Tests.Channels;

/// <summary>Names that a file system or a terminal would act on, or that look different from what they are.</summary>
[Trait("Rule", "P30")]
public sealed class TransferNamesTests
{
    // The letters with the Unicode property Bidi_Control (PropList.txt).
    private static readonly int[] BidirectionalControls
        = [0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069];

    [Fact]
    public void Name_HasNoControlOfTheWritingDirection()
        => Assert.All(BidirectionalControls, static letter => Assert.False(TransferNames.IsValid($"a{new Rune(letter)}b")));

    [Theory]
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645")]
    [InlineData("\u0915\u094D\u200D\u0937")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467")]
    [InlineData("\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("soft\u00ADhyphen")]
    public void Name_MayHaveTheFormatCharacters_ThatItsWritingNeeds(string name) => Assert.True(TransferNames.IsValid(name));

    /// <summary>Every letter is looked at, so that a change of the rule or of Unicode's tables is seen here.</summary>
    [Fact]
    public void Name_HasNoneOfTheseLetters()
    {
        var refused = new List<string>();
        int? first = null;
        for (var letter = 0; letter <= 0x11_0000; letter++)
        {
            var isRefused = Rune.IsValid(letter) && !TransferNames.IsValid($"a{new Rune(letter)}b");
            if (isRefused)
            {
                first ??= letter;
            }
            else if (first is { } start)
            {
                refused.Add(string.Create(CultureInfo.InvariantCulture, $"{start:X4}-{letter - 1:X4}"));
                first = null;
            }
        }

        Assert.Equal(
            [
                "0000-001F", "002F-002F", "005C-005C", "007F-009F", "061C-061C", "200E-200F", "2028-202E", "2066-206F", "FFF9-FFFB",
                "FFFD-FFFD",
            ],
            refused);
    }
}
