using ExistingApp.Accounts;
using ExistingApp.Notes;
using ExistingApp.Transfers;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAccounts();
builder.Services.AddNotes();
builder.Services.AddOpenApi();
builder.Services.AddBeam().RecordOrigin(TransferRecord.Describe).AddTransferObserver<TransferRecord>();

// Beam's tokens are part of paths, which ASP.NET Core would log.
builder.Logging.HideBeamTokens();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.UseRateLimiter();
app.MapOpenApi();
app.MapAccounts();
app.MapNotes();

// Signed-in users mint; everybody who has the link sends and receives.
app.MapBeam("/beam").Mint.RequireAuthorization();

app.Run();
