using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>The commands that people type, as they type them.</summary>
public sealed class CurlTransferTests : HttpTests
{
    private const int Size = 300_000;

    [Fact]
    [Trait("Rule", "P12")]
    [Trait("Rule", "P13")]
    public async Task Transfer_IsConfirmed_WhenTheReceiverComesFirst()
    {
        var server = await StartServerAsync();
        var url = server.Url($"{server.Mint()}/a.bin");
        var receiver = Curl("--fail", url);
        await server.WaitForAsync(TransferState.WaitingForSender);

        var sender = Curl(new ClientProcessOptions { Input = new PatternStream(1, Size) }, "--fail", "-T", "-", url);

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.Matches(@"\Aconfirmed: 300000 bytes to 1 receiver in \d+\.\d+ s\n\z", sender.OutputText);
    }

    [Fact]
    [Trait("Rule", "P12")]
    [Trait("Rule", "P19")]
    public async Task Transfer_KeepsTheFilesName_WithTheCommandsOfTheHelpText()
    {
        var server = await StartServerAsync();
        using var sent = new TempFolder();
        using var received = new TempFolder();
        var token = server.Mint();
        var sender = Curl("--fail", "-T", sent.Write("report.pdf", TestBytes.Create(2, Size)), server.Url(token) + "/");
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        var receiver = Curl(
            new ClientProcessOptions { WorkingDirectory = received.Path }, "--fail", "-OJ", server.Url($"{token}/report.pdf"));

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal(["report.pdf"], received.Files());
        Assert.Equal(TestBytes.Create(2, Size), await File.ReadAllBytesAsync(received["report.pdf"]));
    }

    [Theory]
    [InlineData("--data-binary")]
    [InlineData("-T")]
    [Trait("Rule", "P12")]
    public async Task Transfer_TakesPutAndPost(string way)
    {
        var server = await StartServerAsync();
        using var folder = new TempFolder();
        var url = server.Url($"{server.Mint()}/b");
        var file = folder.Write("b", TestBytes.Create(3, Size));
        var receiver = Curl("--fail", url);

        var sender = Curl("--fail", way, way == "-T" ? file : "@" + file, url);

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal(TestBytes.Create(3, Size), receiver.Output);
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task Transfer_TakesTheNameOfTheFormsFile_WhenTheAddressHasNone()
    {
        var server = await StartServerAsync();
        using var folder = new TempFolder();
        var token = server.Mint();
        var receiver = Curl("--fail", "-i", server.Url($"{token}/photo.jpg"));

        var sender = Curl(
            "--fail", "-F", "note=hello", "-F", $"file=@{folder.Write("photo.jpg", "picture"u8)};type=image/jpeg", server.Url(token));

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Contains("Content-Type: image/jpeg\r\n", receiver.OutputText, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\npicture", receiver.OutputText, StringComparison.Ordinal);
        Assert.StartsWith("confirmed: 7 bytes", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task Transfer_PrefersTheNameOfTheAddress_ToTheFormsFile()
    {
        var server = await StartServerAsync();
        using var folder = new TempFolder();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/other"));

        var sender = Curl("--fail", "-F", $"file=@{folder.Write("photo.jpg", "picture"u8)}", server.Url($"{token}/other"));

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal("picture", receiver.OutputText);
    }

    [Fact]
    [Trait("Rule", "P13")]
    public async Task Receipt_IsJson_WhenTheSenderAcceptsIt()
    {
        var server = await StartServerAsync();
        var url = server.Url($"{server.Mint()}/c");
        var receiver = Curl("--fail", url);

        var sender = Curl("--fail", "-H", "Accept: application/json", "--data-binary", "hello", url);

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        using var receipt = JsonDocument.Parse(sender.Output);
        Assert.Equal("confirmed", receipt.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(5, receipt.RootElement.GetProperty("bytes").GetInt64());
        Assert.True(receipt.RootElement.GetProperty("seconds").GetDouble() >= 0);
        var only = Assert.Single(receipt.RootElement.GetProperty("receivers").EnumerateArray());
        Assert.Equal("confirmed", only.GetProperty("outcome").GetString());
        Assert.Equal(5, only.GetProperty("bytes").GetInt64());
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_IsToldNothing_BeforeTheReceiverIsDone()
    {
        var server = await StartServerAsync();
        var url = server.Url($"{server.Mint()}/d");
        var sender = Curl("--fail", "-i", "--data-binary", "small enough to be held whole", url);
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        Assert.Empty(sender.Output);

        Assert.Equal(0, await Curl("--fail", url).WaitAsync());
        Assert.Equal(0, await sender.WaitAsync());
    }
}
