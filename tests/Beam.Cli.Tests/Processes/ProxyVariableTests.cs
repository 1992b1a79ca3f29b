using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>The environment names a proxy. What is meant for a server on this machine does not go there.</summary>
public sealed class ProxyVariableTests : ToolTests
{
    [Theory]
    [InlineData("http_proxy")]
    [InlineData("all_proxy")]
    public async Task Proxy_GetsNothing_ThatIsForThisMachine(string variable)
    {
        await using var proxy = LyingServer.Saying("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        var environment = ToolEnvironment();
        environment[variable] = proxy.Url.AbsoluteUri;
        environment["no_proxy"] = null;
        environment["BEAM_KEY"] = "key";
        Folder.Write("file", "content"u8);

        var sender = Beam(
            new ClientProcessOptions { Environment = environment, WorkingDirectory = Folder.Path }, "send", "file", "--hand-in");

        await ExitsAsync(sender, ExitCode.Success);
        Assert.Empty(proxy.Requests);
        Assert.Equal("content", await Server.Client.GetStringAsync(await LinkOfAsync(sender)));
    }
}
