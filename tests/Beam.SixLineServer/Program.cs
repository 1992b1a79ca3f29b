var builder = WebApplication.CreateBuilder(args);
builder.Services.AddBeam();

var app = builder.Build();
app.MapBeam();
app.Run();
