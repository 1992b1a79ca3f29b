using Beam.Cli.Terminal;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Terminal;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("a\u001b[2Jb", "a\uFFFD[2Jb")]
    [InlineData("a\u009b2Jb", "a\uFFFD2Jb")]
    [InlineData("\u001b]0;title\a", "\uFFFD]0;title\uFFFD")]
    [InlineData("a\r\nb\tc\0d\u007f", "a\uFFFD\uFFFDb\uFFFDc\uFFFDd\uFFFD")]
    [InlineData("photo\u202Egpj.exe", "photo\uFFFDgpj.exe")]
    [InlineData("\u2066a\u2069\u200e\u200f\u061c", "\uFFFDa\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("a\u2028b\u2029c", "a\uFFFDb\uFFFDc")]
    [InlineData("zero\u200bwidth\uFEFF", "zero\uFFFDwidth\uFFFD")]
    [InlineData("tag\U000E0041", "tag\uFFFD")]
    public void Clean_Replaces_WhatATerminalWouldObey(string text, string expected) => Assert.Equal(expected, TerminalText.Clean(text));

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("日本語 Ünï عربي 👨‍👩‍👧 e\u0301")]
    [InlineData("C:\\path '\"$()")]
    public void Clean_Keeps_WhatIsHarmless(string text) => Assert.Same(text, TerminalText.Clean(text));

    [Fact]
    public void Clean_IsSafe_ForEveryHostileName()
        => Assert.All(
            HostileNames.Changed.Keys,
            static name => Assert.DoesNotContain(TerminalText.Clean(name), static letter => char.IsControl(letter)));
}
