using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.StandIn;

/// <summary>What a client writes into headers that only the Functions host should set, where the host passes it on.</summary>
[Trait("Rule", "P6")]
public sealed class StrangeHeaderTests(PublishedSample sample) : FunctionsTests(sample)
{
    [Theory]
    [InlineData("X-Forwarded-Proto: javascript", "http://files.example/")]
    [InlineData("X-Forwarded-Proto: https, javascript", "http://files.example/")]
    [InlineData("X-Forwarded-Proto: https", "https://files.example/")]
    [InlineData("X-Forwarded-Host: evil.example", "http://files.example/")]
    [InlineData("X-Forwarded-Host: files.example, evil.example", "http://files.example/")]
    [InlineData("X-Forwarded-Host: files.example:8443", "http://files.example:8443/")]
    public async Task Links_LeadToTheApp(string header, string expected)
    {
        var host = await StartAsync(static settings => settings.AppSettings["WEBSITE_HOSTNAME"] = "files.example");
        string[] headers = header.StartsWith("X-Forwarded-Host", StringComparison.Ordinal)
            ? ["-H", header]
            : ["-H", header, "-H", "X-Forwarded-Host: files.example"];

        var (status, text) = await AnswerAsync(
            [
                "-X", "POST", "-H", "X-Azure-Functions-InvocationId: 1", "-H", "Accept: application/json",
                .. headers, host.Program.Address + "token",
            ]);

        Assert.Equal(201, status);
        Assert.Contains($"\"url\":\"{expected}", text, StringComparison.Ordinal);
    }

    /// <summary>The Host header is then the address of the program itself.</summary>
    [Fact]
    public async Task Program_AnswersTheHost_WhenAllowedHostsNamesTheApp()
    {
        var host = await StartAsync(static settings => settings.AppSettings["AllowedHosts"] = "files.example");

        var (status, text) = await AnswerAsync(
            "-X", "POST", "-H", "X-Azure-Functions-InvocationId: 1", "-H", "Accept: application/json",
            "-H", "X-Forwarded-Host: files.example", host.Program.Address + "token");

        Assert.Equal(201, status);
        Assert.Contains("\"url\":\"http://files.example/", text, StringComparison.Ordinal);
    }
}
