namespace Beam.Samples.Tests.Clients;

/// <summary>The two programs with the client, with each other and with curl.</summary>
public sealed class ClientSamplesTests
{
    [Fact]
    public async Task SendFile_AndReceiveFile_MoveAFileAndVerifyIt()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        using var folder = new TempFolder();
        using var received = new TempFolder();
        var bytes = TestBytes.Create(61, 3_000_000);

        await using var sender = Send(server, folder.Write("photo 1.jpg", bytes));
        await using var receiver = ClientProcess.Start(
            "dotnet",
            [BuildOutput.ProgramOf("samples/ReceiveFile"), await LinkAsync(sender)],
            new ClientProcessOptions { WorkingDirectory = received.Path });

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(received["photo 1.jpg"]));
        Assert.Contains("Confirmed: 3000000 bytes, sha256 ", sender.OutputText, StringComparison.Ordinal);
        Assert.EndsWith(", verified\n", receiver.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendFile_SendsToCurl()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        using var folder = new TempFolder();

        await using var sender = Send(server, folder.Write("a.txt", "hello"u8));
        await using var curl = Curl.Start(await LinkAsync(sender));

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal("hello", curl.OutputText);
        Assert.Contains("Confirmed: 5 bytes", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendFile_SaysWhatWentWrong()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=0123456789abcdef");
        using var folder = new TempFolder();

        await using var sender = Send(server, folder.Write("a.txt", "hello"u8));

        Assert.Equal(1, await sender.WaitAsync());
        Assert.StartsWith("Unauthorized: ", sender.ErrorText, StringComparison.Ordinal);
    }

    private static ClientProcess Send(ServerProcess server, string path)
        => ServerProcess.Start("samples/SendFile", [server.Address.AbsoluteUri, path]);

    private static async Task<string> LinkAsync(ClientProcess sender)
    {
        await sender.WaitForOutputAsync("\n");
        return sender.OutputText.Split('\n')[0];
    }
}
