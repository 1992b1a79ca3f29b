namespace Beam.Core.Tests.Testing;

public sealed class ClientProcessTests
{
    [Fact]
    public async Task Start_PassesBytesThrough_Unchanged()
    {
        var bytes = TestBytes.Create(seed: 1, length: 300_000);

        await using var cat = ClientProcess.Start("cat", [], bytes);

        Assert.Equal(0, await cat.WaitAsync());
        Assert.Equal(bytes, cat.Output);
    }

    [Fact]
    public async Task Start_KeepsArgumentsFromTheShell()
    {
        await using var printf = ClientProcess.Start("printf", "%s", "a b; exit 3 $HOME");

        Assert.Equal(0, await printf.WaitAsync());
        Assert.Equal("a b; exit 3 $HOME", printf.OutputText);
    }

    [Fact]
    public async Task WaitAsync_ReturnsExitCodeAndErrorText()
    {
        await using var shell = ClientProcess.Start("sh", "-c", "echo wrong >&2; exit 3");

        Assert.Equal(3, await shell.WaitAsync());
        Assert.Equal("wrong\n", shell.ErrorText);
    }

    [Fact]
    public async Task Kill_EndsProgramBySignal()
    {
        await using var cat = Waiting();

        cat.Kill();

        Assert.Equal(128 + 9, await cat.WaitAsync());
    }

    [Fact]
    public async Task Signal_ReachesProgram()
    {
        await using var cat = Waiting();

        cat.Signal(15);

        Assert.Equal(128 + 15, await cat.WaitAsync());
    }

    [Fact]
    public async Task WaitAsync_Throws_WhenProgramStillRuns()
    {
        await using var cat = Waiting();

        await Assert.ThrowsAsync<TimeoutException>(() => cat.WaitAsync(TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public async Task StandardInput_StaysOpen_WhenAsked()
    {
        await using var cat = Waiting();

        await cat.StandardInput.WriteAsync("hello"u8.ToArray());
        await cat.StandardInput.FlushAsync();
        await cat.WaitForOutputAsync("hello");
        await cat.StandardInput.DisposeAsync();

        Assert.Equal(0, await cat.WaitAsync());
    }

    [Fact]
    public void IsAvailable_SaysWhatThePathHas()
    {
        Assert.True(ClientProcess.IsAvailable("sh"));
        Assert.False(ClientProcess.IsAvailable("no-such-program-of-beam"));
    }

    private static ClientProcess Waiting() => ClientProcess.Start("cat", [], new ClientProcessOptions { KeepInputOpen = true });
}
