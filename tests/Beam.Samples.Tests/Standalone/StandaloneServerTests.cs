namespace Beam.Samples.Tests.Standalone;

public sealed class StandaloneServerTests
{
    private const string Folder = "samples/StandaloneServer";
    private const string Key = "a-key-for-this-test";
    private const string Setting = "AccessKey=" + Key;

    [Theory]
    [InlineData("token", "-X", "POST")]
    [InlineData("", "-X", "PUT", "--data-binary", "text")]
    [InlineData("file.txt", "-X", "PUT", "--data-binary", "text")]
    [InlineData("token", "-X", "PUT", "--data-binary", "text")]
    [InlineData("", "-F", "file=text;filename=file.txt")]
    public async Task Minting_IsRefused_WithoutTheKey(string path, params string[] request)
    {
        await using var server = await ServerProcess.StartAsync(Folder, Setting);

        var answer = await Curl.AnswerAsync([.. request, server.Url("/" + path)]);

        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("\nWWW-Authenticate: Bearer realm=\"Beam\"\n", answer, StringComparison.Ordinal);
        Assert.Contains("\nWWW-Authenticate: Basic realm=\"Beam\", charset=\"UTF-8\"\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\nThis needs the access key: curl -u :KEY\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-H", "Authorization: Bearer wrong")]
    [InlineData("-H", "Authorization: Bearer")]
    [InlineData("-H", "Authorization: Basic")]
    [InlineData("-H", "Authorization: Basic ?")]
    [InlineData("-H", "Authorization: " + Key)]
    [InlineData("-u", ":wrong")]
    [InlineData("-u", Key + ":")]
    public async Task Minting_IsRefused_WithAnotherKey(params string[] credentials)
    {
        await using var server = await ServerProcess.StartAsync(Folder, Setting);

        Assert.Equal(401, await Curl.StatusAsync(["-X", "POST", server.Url("/token"), .. credentials]));
    }

    [Theory]
    [InlineData("-H", "Authorization: Bearer " + Key)]
    [InlineData("-H", "Authorization: bearer  " + Key)]
    [InlineData("-u", ":" + Key)]
    [InlineData("-u", "anybody:" + Key)]
    public async Task Minting_Succeeds_WithTheKey(params string[] credentials)
    {
        await using var server = await ServerProcess.StartAsync(Folder, Setting);

        Assert.Equal(26, (await server.MintAsync(credentials)).Length);
    }

    [Theory]
    [InlineData("Information")]
    [InlineData("Trace")]
    [Trait("Rule", "P7")]
    public async Task Log_HoldsNoToken(string level)
    {
        await using var server = await ServerProcess.StartAsync(
            Folder, Setting, "Logging__LogLevel__Default=" + level, "Logging__LogLevel__Microsoft.AspNetCore=" + level);
        var token = await server.MintAsync("-H", "Authorization: Bearer " + Key);

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
