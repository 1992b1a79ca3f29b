using Beam.Cli.Terminal;

namespace Beam.Cli.Tests.Terminal;

/// <summary>
/// People paste commands with addresses that a server has chosen. The shell must take each for one word, and run nothing of it.
/// </summary>
public sealed class ShellTextTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http://localhost/a")]
    [InlineData("http://localhost/$(id;touch$IFSran)/a")]
    [InlineData("http://localhost/`touch ran`")]
    [InlineData("http://localhost/';touch ran;'")]
    [InlineData("http://localhost/\\';touch ran;\\'")]
    [InlineData("http://localhost/\"; touch ran; \"")]
    [InlineData("http://localhost/a b&touch ran&!#*?[x]{a,b}~<>|\n")]
    [InlineData("'")]
    [InlineData("")]
    public async Task Shell_TakesAnyAddress_ForOneWord(string address)
    {
        var words = ClientProcess.Start(
            "sh",
            ["-c", $"cd '{_folder.Path}'; printf '%s|' {ShellText.QuoteForPosix(address)} end"]);
        await using var _ = words;

        Assert.Equal(0, await words.WaitAsync());
        Assert.Equal($"{address}|end|", words.OutputText);
        Assert.Empty(_folder.Files());
    }

    [Theory]
    [InlineData("a'b", "'a''b'")]
    [InlineData("a\u2019;b", "'a\u2019\u2019;b'")]
    [InlineData("$(x)", "'$(x)'")]
    public void PowerShell_TakesOneWord(string address, string expected) => Assert.Equal(expected, ShellText.QuoteForPowerShell(address));
}
