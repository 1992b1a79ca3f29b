namespace Beam.Samples.Tests.Standalone;

public sealed class StandaloneServerTests
{
    private const string Folder = "samples/StandaloneServer";
    private const string Setting = "AccessKey=a-key-for-this-test";

    [Theory]
    [InlineData("-X", "POST", "token")]
    [InlineData("-T", "LICENSE", "")]
    public async Task Minting_IsRefused_WithoutTheKey(string option, string value, string path)
    {
        await using var server = await ServerProcess.StartAsync(Folder, Setting);

        foreach (var credentials in (string[][])[[], ["-H", "Authorization: Bearer wrong"], ["-H", "Authorization: Bearer"]])
        {
            var answer = await Curl.AnswerAsync([option, Path.Combine(option == "-T" ? Repository.Root : "", value), .. credentials, server.Url("/" + path)]);

            Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
            Assert.Contains("\nWWW-Authenticate: Bearer realm=\"Beam\"\n", answer, StringComparison.Ordinal);
            Assert.EndsWith("\nThis needs the access key: curl -H 'Authorization: Bearer KEY'.\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Rule", "P7")]
    public async Task Log_HoldsNoToken()
    {
        await using var server = await ServerProcess.StartAsync(Folder, Setting, "Logging__LogLevel__Microsoft.AspNetCore=Information");
        var token = await server.MintAsync("-H", "Authorization: Bearer a-key-for-this-test");

        Assert.Equal(404, await Curl.StatusAsync(server.Url($"/{token}/too/deep")));
        server.Process.Signal(15);
        Assert.Equal(0, await server.Process.WaitAsync());

        Assert.DoesNotContain(token, server.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Other=x")]
    [InlineData("AccessKey=")]
    public async Task Start_IsRefusedInOneLine_WithoutKey(string setting)
    {
        await using var server = ServerProcess.Start(Folder, ["--urls", "http://127.0.0.1:0"], setting);

        Assert.Equal(1, await server.WaitAsync());
        Assert.Equal("AccessKey is not set: minting a token asks for it.\n", server.ErrorText);
    }
}
